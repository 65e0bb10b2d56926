using System.Text;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>What a file held when it was read.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Written">When it was last written, UTC.</param>
internal sealed record FileContent(byte[] Bytes, DateTime Written)
{
    /// <summary>As UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);
}

/// <summary>Why a file was not read.</summary>
internal enum FileProblemKind
{
    /// <summary>It was.</summary>
    None,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It may not be opened by that path, now or a moment later.</summary>
    Refused,

    /// <summary>What is there is not a regular file, or not one that is wanted.</summary>
    NotWanted,

    /// <summary>It is longer than is read.</summary>
    TooLong,

    /// <summary>What is there could not be learned: its volume fails.</summary>
    Unanswered,
}

/// <summary>Why a file was not read.</summary>
/// <param name="Kind">As far as anybody decides by it.</param>
/// <param name="Reason">In words: the C library's, or what is there.</param>
internal readonly record struct FileProblem(FileProblemKind Kind, string Reason)
{
    /// <summary>The end of a sentence that begins with the file's name.</summary>
    public string Text =>
        Kind is FileProblemKind.Missing or FileProblemKind.Refused or FileProblemKind.Unanswered ? $"cannot be read ({Reason})" : Reason;
}

/// <summary>
/// The one reader of files. It looks at what lies at a path before anything is opened: to open a watchdog arms it, a tape is rewound, a
/// FIFO waits. What is opened then is what was looked at, whatever has come to that path meanwhile.
/// </summary>
internal static unsafe class RegularFile
{
    /// <summary>More than any file that the kernel makes up has, in bytes.</summary>
    private const int MostOfKernel = 64 * 1024 * 1024;

    private const int FirstBuffer = 4096;

    /// <summary>Opens a regular file, without waiting.</summary>
    /// <param name="path">Where.</param>
    /// <param name="flags">Of open(2): for reading, or writing.</param>
    /// <param name="facts">What it is.</param>
    /// <param name="problem">Why it was not opened.</param>
    /// <param name="follow">Whether the path may end in a symbolic link.</param>
    /// <param name="orBlock">Whether a block device will do.</param>
    /// <returns>Null: <paramref name="problem"/> says why.</returns>
    public static SafeFileHandle? Open(
        string path,
        int flags,
        out Tmds.Linux.statx facts,
        out FileProblem problem,
        bool follow = true,
        bool orBlock = false
    )
    {
        facts = default;
        int held = Posix.Open(path, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), out int error);
        if (held < 0)
        {
            problem = Problem(error);
            return null;
        }

        using var handle = new SafeFileHandle(held, ownsHandle: true);
        if (!Posix.Stat(held, out facts, out error))
        {
            problem = Problem(error);
            return null;
        }

        var kind = (Tmds.Linux.mode_t)(facts.stx_mode & (ushort)S_IFMT);
        if (kind != S_IFREG && !(orBlock && kind == S_IFBLK))
        {
            problem = new FileProblem(FileProblemKind.NotWanted, Words(kind));
            return null;
        }

        int fd = Posix.Reopen(held, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, out error);

        // That nothing is there cannot be said of what is held: it would be of /proc. A process that ended meanwhile is gone (ESRCH).
        problem =
            fd >= 0 ? default
            : error == ENOENT || error == ENOTDIR ? new FileProblem(FileProblemKind.Unanswered, Errno.Text(error))
            : Problem(error);
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Reads a regular file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="most">In bytes.</param>
    /// <param name="problem">Why it was not read.</param>
    /// <param name="follow">Whether the path may end in a symbolic link.</param>
    /// <param name="refuse">What is wrong with what is there, before it is read; null: nothing.</param>
    /// <returns>Null: <paramref name="problem"/> says why.</returns>
    public static FileContent? Read(
        string path,
        int most,
        out FileProblem problem,
        bool follow = true,
        Func<Tmds.Linux.statx, string?>? refuse = null
    )
    {
        using SafeFileHandle? file = Open(path, O_RDONLY, out Tmds.Linux.statx facts, out problem, follow);
        if (file is null)
            return null;
        if (refuse?.Invoke(facts) is string why)
        {
            problem = new FileProblem(FileProblemKind.NotWanted, why);
            return null;
        }

        if (facts.stx_size > (ulong)most)
        {
            problem = new FileProblem(FileProblemKind.TooLong, $"has {facts.stx_size} bytes, which is more than is read");
            return null;
        }

        // What the kernel makes up has no length beforehand, and a file may grow.
        byte[] buffer = new byte[Math.Min((long)most + 1, Math.Max((long)facts.stx_size + 1, FirstBuffer))];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min((long)most + 1, buffer.Length * 2L));
            int count = Posix.Read((int)file.DangerousGetHandle(), buffer.AsSpan(length), out int error);
            if (count < 0)
            {
                problem = Problem(error);
                return null;
            }

            length += count;
            if (length > most)
            {
                problem = new FileProblem(FileProblemKind.TooLong, $"has more than {most} bytes, which is more than is read");
                return null;
            }

            if (count == 0)
                break;
        }

        DateTime written = DateTime.UnixEpoch.AddTicks(
            (facts.stx_mtime.tv_sec * TimeSpan.TicksPerSecond) + (facts.stx_mtime.tv_nsec / TimeSpan.NanosecondsPerTick)
        );
        return new FileContent(buffer[..length], written);
    }

    /// <summary>Reads a regular file. Absent: there is none.</summary>
    public static Fact<FileContent> Read(string path, int most, bool follow = true, Func<Tmds.Linux.statx, string?>? refuse = null) =>
        Read(path, most, out FileProblem problem, follow, refuse) is FileContent content ? Fact.Known(content)
        : problem.Kind == FileProblemKind.Missing ? Fact.Absent<FileContent>()
        : Fact.NotLearned<FileContent>($"{path} {problem.Text}");

    /// <summary>The text of a file that has to be there, as those are that the kernel makes up.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Text(string path) =>
        Read(path, MostOfKernel)
            .Match(
                content => content.Text,
                () => throw new FileNotFoundException($"{path} is not there"),
                why => throw new IOException(why)
            );

    private static FileProblem Problem(int error) =>
        new(
            error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG || error == ESRCH ? FileProblemKind.Missing
                : Errno.IsOfThePath(error) ? FileProblemKind.Refused
                : FileProblemKind.Unanswered,
            Errno.Text(error)
        );

    private static string Words(Tmds.Linux.mode_t kind) =>
        kind == S_IFDIR ? "is a directory, not a file"
        : kind == S_IFIFO ? "is a FIFO, not a file"
        : kind == S_IFLNK ? "is a symbolic link, not a file"
        : "is a device or socket, not a file";
}
