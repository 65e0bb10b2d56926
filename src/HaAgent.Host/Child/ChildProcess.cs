using System.Collections;
using HaAgent.Host.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Child;

/// <summary>
/// Our own executable once more, for what may never come back. A thread that waits in the kernel for a volume (state D) keeps its process
/// from ending, even with _exit(2) and SIGKILL; a child does not keep its parent. It has a session of its own, so that nobody waits for its
/// process group, none of our streams, and one socket to us as standard input. When we end, or give it up, a SIGKILL waits for it.
/// </summary>
internal sealed unsafe class ChildProcess : IDisposable
{
    /// <summary>The first argument by which the executable knows that it is the child. For nobody to type.</summary>
    public const string Verb = "--child-of-haagent";

    /// <summary>A signal that came in between must not make a socket that is ready look as if it were not.</summary>
    private const int MostInterruptions = 100;

    private const string Executable = "/proc/self/exe";

    /// <summary>Those that had not ended when they were left.</summary>
    private static readonly List<int> Left = [];

    private readonly int _pid;
    private readonly int _socket;

    private ChildProcess(int pid, int socket)
    {
        _pid = pid;
        _socket = socket;
    }

    /// <summary>Starts one.</summary>
    /// <param name="kind">What it is for.</param>
    /// <param name="about">For whoever sees it in a list of processes.</param>
    /// <param name="held">A descriptor of what it holds as long as it lives; negative: nothing.</param>
    /// <param name="problem">Why it could not be started, when the result is null.</param>
    public static ChildProcess? Start(string kind, string about, int held, out string problem)
    {
        problem = "";
        TakeNote();
        if (!Posix.SocketPair(out int ours, out int theirs, out int error))
        {
            problem = $"no child process can be started ({Errno.Text(error)})";
            return null;
        }

        error = Spawn.Start(
            Executable,
            [Environment.GetCommandLineArgs()[0], Verb, kind, about],
            Variables(),
            new SpawnStreams(theirs, Kept: held),
            ownSession: true,
            out int pid
        );
        _ = close(theirs);
        if (error == 0)
            return new ChildProcess(pid, ours);
        _ = close(ours);
        problem = $"no child process can be started ({Errno.Text(error)})";
        return null;
    }

    /// <summary>Sends bytes.</summary>
    /// <returns>False: it took them not in time, or is gone.</returns>
    public bool Send(ReadOnlySpan<byte> bytes, Deadline deadline)
    {
        while (!bytes.IsEmpty)
        {
            if (!IsReady(POLLOUT, deadline))
                return false;
            long sent;
            fixed (byte* start = bytes)
            {
                sent = (long)send(_socket, start, bytes.Length, MSG_NOSIGNAL | MSG_DONTWAIT);
            }

            if (sent > 0)
                bytes = bytes[(int)sent..];
            else if (IsReady(POLLHUP, Deadline.In(TimeSpan.Zero)))
                return false;
        }

        return true;
    }

    /// <summary>Says that nothing more comes.</summary>
    public void EndSending() => _ = shutdown(_socket, SHUT_WR);

    /// <summary>Everything that it says until it ends.</summary>
    /// <param name="most">In bytes.</param>
    /// <param name="deadline">How long to wait for it.</param>
    /// <param name="whenBegun">Called when it says the first of it: how long it is waited for from then on.</param>
    /// <returns>Null: it did not end in time, or said too much.</returns>
    public byte[]? Receive(int most, Deadline deadline, Func<Deadline>? whenBegun = null)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (IsReady(POLLIN, deadline))
        {
            long count;
            fixed (byte* start = buffer)
            {
                count = (long)recv(_socket, start, buffer.Length, MSG_DONTWAIT);
            }

            if (count <= 0)
                return all.ToArray();
            if (all.Length == 0 && whenBegun is not null)
                deadline = whenBegun();
            if (all.Length + count > most)
                return null;
            all.Write(buffer, 0, (int)count);
        }

        return null;
    }

    /// <summary>Gives it up: it ends as soon as the kernel lets go of it.</summary>
    public void Kill() => _ = kill(_pid, SIGKILL);

    public void Dispose()
    {
        _ = close(_socket);

        // If it is not gone yet, the next one's start takes note of it, or the end of this process hands it on to init.
        if (Posix.Reap(_pid))
            return;
        lock (Left)
            Left.Add(_pid);
    }

    private static void TakeNote()
    {
        lock (Left)
            Left.RemoveAll(pid => Posix.Reap(pid));
    }

    private static List<string> Variables()
    {
        var variables = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            // The runtime's own are for our tests, which are no native executable.
            if (variable.Key is string name && (name is "PATH" or "HOME" || name.StartsWith("DOTNET", StringComparison.Ordinal)))
                variables.Add($"{name}={variable.Value}");
        }

        return variables;
    }

    private bool IsReady(int events, Deadline deadline)
    {
        // Rounded up, so that the last millisecond is waited and not spun through; and once even when no time is left.
        var wait = new pollfd { fd = _socket, events = (short)events };
        int result;
        int interruptions = 0;
        do
        {
            result = poll(&wait, 1, (int)Math.Min(int.MaxValue, Math.Ceiling(deadline.Left.TotalMilliseconds)));
        } while (result < 0 && (!deadline.HasPassed || interruptions++ < MostInterruptions));
        return result > 0 && (events != POLLHUP || (wait.revents & (POLLHUP | POLLERR)) != 0);
    }
}
