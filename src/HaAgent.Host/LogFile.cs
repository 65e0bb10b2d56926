using System.Text;
using HaAgent.Host.Child;
using HaAgent.Host.Native;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>
/// A log file that cannot hold anybody up, wherever it lies: a child process writes it, which is left behind when the file's volume stands
/// still. Started with the first line, so that whoever says nothing pays nothing. A line that is not taken at once is lost; it is in syslog
/// as well.
/// </summary>
/// <param name="path">The file. What is no regular file (a FIFO, a terminal) gets nothing.</param>
/// <param name="directory">Where the lock lies by which there is one child at most for each owner.</param>
/// <param name="owner">The resource.</param>
internal sealed class LogFile(string path, string directory, string owner) : IDisposable
{
    /// <summary>The kind of child that writes.</summary>
    public const string Kind = "log";

    private static readonly TimeSpan TimeForRest = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private bool _tried;
    private ChildProcess? _child;

    /// <summary>Adds a line.</summary>
    public void Append(string line)
    {
        lock (_gate)
        {
            if (!_tried)
                Start();
            _child?.Send(Encoding.UTF8.GetBytes(line + "\n"), Deadline.In(TimeSpan.Zero));
        }
    }

    /// <summary>Comes back when everything is written, or a little later.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_child is not ChildProcess child)
                return;
            child.EndSending();
            if (child.Receive(1, Deadline.In(TimeForRest)) is null)
                child.Kill();
            child.Dispose();
            _child = null;
        }
    }

    /// <summary>The child's side.</summary>
    public static void Serve(Stream socket)
    {
        using var input = new StreamReader(socket, Encoding.UTF8);
        int fd = Posix.Open(input.ReadLine() ?? "", O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, out _, mode: 0x180);
        if (fd < 0 || !Posix.FileType(fd, out Tmds.Linux.mode_t type, out _) || type != S_IFREG)
            return;
        using var file = new FileStream(
            new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true),
            FileAccess.Write,
            bufferSize: 0
        );
        while (input.ReadLine() is string line)
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private void Start()
    {
        _tried = true;
        using ChildLock? alone = ChildLock.Take(
            Path.Combine(directory, $"haagent-{owner.Replace('/', '_')}.log.lock"),
            Deadline.In(TimeSpan.Zero),
            out DateTime? heldSince,
            out _
        );
        if (heldSince is not null)
            return;
        _child = ChildProcess.Start(Kind, $"{owner}: {path}", alone?.Descriptor ?? -1, out _);
        _child?.Send(Encoding.UTF8.GetBytes(path + "\n"), Deadline.In(TimeSpan.Zero));
    }
}
