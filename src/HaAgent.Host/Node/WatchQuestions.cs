using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>What a node does for its guests at this moment, and what its logs say of them.</summary>
internal static class WatchQuestions
{
    private const int MostLines = 200;
    private const int MostLogBytes = 8_000_000;
    private static readonly TimeSpan JournalLimit = TimeSpan.FromSeconds(5);
    private static readonly string[] Logs = ["/var/log/messages", "/var/log/syslog", "/var/log/pacemaker/pacemaker.log"];

    /// <summary>What virtlockd has locked. The kernel tells of each open file what locks it bears (proc(5), fdinfo).</summary>
    public static LeasesAnswer Leases() => new([.. ProcFiles.Processes("virtlockd").SelectMany(process => Locked(process.Pid))]);

    /// <summary>The files of a process that bear a lock of fcntl(2).</summary>
    internal static IEnumerable<string> Locked(int pid)
    {
        string directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        string[] descriptors;
        try
        {
            descriptors = [.. Directory.EnumerateFiles($"{directory}/fdinfo").Select(Path.GetFileName).OfType<string>()];
        }
        catch (DirectoryNotFoundException)
        {
            yield break;
        }

        foreach (string descriptor in descriptors)
        {
            if (ProcFiles.Read(pid, $"fdinfo/{descriptor}") is byte[] info && HasLock(Encoding.UTF8.GetString(info))
                && ProcFiles.LinkTarget($"{directory}/fd/{descriptor}") is { } file)
            {
                yield return file;
            }
        }
    }

    /// <summary>Whether a file of /proc/PID/fdinfo tells of a lock of fcntl(2): "lock: 1: POSIX  ADVISORY  WRITE 42 …".</summary>
    internal static bool HasLock(string fdinfo) => fdinfo.Split('\n').Any(line => line.StartsWith("lock:", StringComparison.Ordinal) && line.Contains("POSIX", StringComparison.Ordinal));

    /// <summary>The last lines with a text. Only the end of each log is read, and a log that cannot be read has no lines.</summary>
    public static LogLinesAnswer Answer(LogLinesQuestion question, Deadline deadline)
    {
        var lines = new List<string>();
        foreach (string log in Logs)
            lines.AddRange(End(log).Split('\n').Where(line => line.Contains(question.Text, StringComparison.Ordinal)));
        if (Directory.Exists("/run/systemd/journal"))
        {
            CommandResult journal = Command.Run(deadline.OrIn(JournalLimit), "journalctl",
                ["--quiet", "--no-pager", "--output=short-iso", "--since=-30d", $"--grep={Regex.Escape(question.Text)}"], mostOutput: MostLogBytes);
            lines.AddRange(journal.Output.Split('\n'));
        }

        return new LogLinesAnswer([.. lines.Select(line => line.Trim()).Where(line => line.Length > 0).TakeLast(MostLines)]);
    }

    private static string End(string path)
    {
        try
        {
            using FileStream log = File.OpenRead(path);
            log.Seek(-Math.Min(log.Length, MostLogBytes), SeekOrigin.End);
            using var reader = new StreamReader(log, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
