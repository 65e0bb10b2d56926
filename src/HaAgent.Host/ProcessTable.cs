using System.Globalization;
using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>What /proc says of processes: the evidence that holds when libvirt does not answer.</summary>
internal static class ProcessTable
{
    /// <summary>Where the kernel shows them (proc(5)).</summary>
    public const string Root = "/proc";

    /// <summary>More than the arguments of any process (execve(2), "Limits on size of arguments and environment").</summary>
    private const int MostBytes = 8 * 1024 * 1024;

    /// <summary>Whether it means that the process whose directory was read has ended.</summary>
    public static bool IsGone(Exception error) =>
        error is FileNotFoundException or DirectoryNotFoundException || (error is IOException && (error.HResult & 0xffff) == ESRCH);

    /// <summary>Field 22 of /proc/PID/stat: clock ticks since boot.</summary>
    public static Fact<long> StartTime(int pid, string proc = Root) => Read($"{proc}/{pid}/stat").Then(stat => StartOf(Text(stat)));

    /// <summary>The program's name, at most 15 characters.</summary>
    public static Fact<string> Name(int pid) => Read($"{Root}/{pid}/comm").Map(comm => Text(comm).TrimEnd('\n'));

    /// <summary>Root's processes of programs, by the program's name: any user can give one of theirs the same. One that ends while it is
    /// looked at is none.</summary>
    /// <exception cref="IOException">One may not be looked at.</exception>
    public static IEnumerable<(int Pid, string Name)> OfRoot(params IReadOnlyCollection<string> names)
    {
        foreach (int pid in Pids(Root))
        {
            string? name = OrThrow(Name(pid));
            if (name is not null && names.Contains(name) && OrThrow(IsRoots(pid, name)))
                yield return (pid, name);
        }
    }

    /// <summary>A file of a process; null: the process is gone.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? TextOf(int pid, string file) => OrThrow(ReadText($"{Root}/{pid}/{file}"));

    /// <summary>How long a process had been running when the node was up that long.</summary>
    /// <param name="stat">Its /proc/PID/stat; field 22 is its start in clock ticks since boot.</param>
    /// <param name="uptime">The time since the node booted.</param>
    /// <exception cref="IOException">That is not in it.</exception>
    public static TimeSpan Age(string stat, TimeSpan uptime) =>
        uptime - TimeSpan.FromSeconds(OrThrow(StartOf(stat)) / (double)HostClock.TicksPerSecond);

    /// <summary>Whether a process is root's and bears this name, which any user can give to one of theirs; absent: it is another, or
    /// gone.</summary>
    public static Fact<bool> IsRoots(int pid, string name) =>
        Name(pid)
            .Then(seen => seen == name ? ReadText($"{Root}/{pid}/status") : Fact.Absent<string>())
            .Then(status => QemuOwners.IsRoots(status) ? Fact.Known(true) : Fact.Absent<bool>());

    /// <summary>The path of the program that a process runs (proc(5), /proc/PID/exe); absent for a process that is gone, and for the
    /// kernel's own.</summary>
    public static Fact<string> Executable(int pid, string proc = Root)
    {
        if (Posix.ReadLink($"{proc}/{pid}/exe", out int error) is not string text)
            return error == ENOENT || error == ESRCH
                ? Fact.Absent<string>()
                : Fact.NotLearned<string>($"{proc}/{pid}/exe cannot be read ({Errno.Text(error)})");

        // A program that was replaced on disk while it runs, by an update.
        const string replaced = " (deleted)";
        return Fact.Known(text.EndsWith(replaced, StringComparison.Ordinal) ? text[..^replaced.Length] : text);
    }

    /// <summary>How many threads a process has; 0: it is gone.</summary>
    public static int Threads(int pid, string proc)
    {
        try
        {
            return Directory.GetDirectories($"{proc}/{pid}/task").Length;
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>All processes.</summary>
    public static IEnumerable<int> Pids(string proc)
    {
        foreach (string directory in Directory.EnumerateDirectories(proc))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                yield return pid;
        }
    }

    /// <summary>A file's bytes; absent: there is no such file, or its process is gone.</summary>
    public static Fact<byte[]> Read(string path) => RegularFile.Read(path, MostBytes).Map(content => content.Bytes);

    private static T? OrThrow<T>(Fact<T> fact)
        where T : notnull => fact.Match<T?>(value => value, () => default, why => throw new IOException(why));

    /// <summary>A file as text.</summary>
    public static Fact<string> ReadText(string path) => Read(path).Map(Text);

    /// <summary>Bytes as text.</summary>
    public static string Text(byte[] content) => Encoding.UTF8.GetString(content);

    /// <summary>Field 22 of the text of a /proc/PID/stat: clock ticks since boot.</summary>
    public static Fact<long> StartOf(string stat)
    {
        // The second field is the program's name in parentheses and may contain anything.
        int end = stat.LastIndexOf(')');
        string[] fields = end < 0 ? [] : stat[(end + 2)..].Split(' ');
        return fields.Length > 19 && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            ? Fact.Known(ticks)
            : Fact.NotLearned<long>("its start time cannot be read");
    }
}
