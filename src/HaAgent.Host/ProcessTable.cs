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

    /// <summary>Whether it means that the process whose file was read has ended.</summary>
    public static bool IsGone(Exception error) =>
        error is FileNotFoundException or DirectoryNotFoundException || (error is IOException && (error.HResult & 0xffff) == ESRCH);

    /// <summary>Field 22 of /proc/PID/stat: clock ticks since boot.</summary>
    public static Fact<long> StartTime(int pid, string proc = Root) => Read($"{proc}/{pid}/stat").Then(stat => StartOf(Text(stat)));

    /// <summary>The program's name, at most 15 characters.</summary>
    public static Fact<string> Name(int pid) => Read($"{Root}/{pid}/comm").Map(comm => Text(comm).TrimEnd('\n'));

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
    public static Fact<byte[]> Read(string path)
    {
        try
        {
            return Fact.Known(File.ReadAllBytes(path));
        }
        catch (Exception e) when (IsGone(e))
        {
            return Fact.Absent<byte[]>();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fact.NotLearned<byte[]>($"{path} cannot be read ({e.Message})");
        }
    }

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
