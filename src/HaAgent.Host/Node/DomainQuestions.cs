using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using HaAgent.Libvirt;

namespace HaAgent.Host.Node;

/// <summary>What the node's libvirt says of its domains.</summary>
internal static class DomainQuestions
{
    private const string Uri = "qemu:///system";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Every domain, running or not.</summary>
    public static DomainsAnswer Answer(DomainsQuestion question, Deadline deadline) => Answer(Uri, question, deadline);

    internal static DomainsAnswer Answer(string uri, DomainsQuestion question, Deadline deadline)
    {
        var wanted = question.WithXml.ToHashSet();
        return Ask(
            uri,
            deadline,
            connection => new DomainsAnswer([
                .. connection
                    .AllDomains()
                    .Select(domain => Read(domain, question.All || wanted.Contains(domain.Name)))
                    .OfType<DomainFact>(),
            ])
        );
    }

    /// <summary>Whether this hypervisor has the guests' CPUs.</summary>
    public static CpusAnswer Answer(CpusQuestion question, Deadline deadline) =>
        new(
            question.Guests.ToDictionary(
                guest => guest.Key,
                guest => Attempt.Learn(() => Ask(Uri, deadline, connection => Fact.Known(connection.HasCpu(guest.Value))))
            )
        );

    private static DomainFact? Read(LibvirtDomain domain, bool withXml)
    {
        using (domain)
        {
            try
            {
                (DomainState state, int reason) = domain.StateAndReason();
                return new DomainFact
                {
                    Name = domain.Name,
                    Uuid = domain.Uuid,
                    Active = domain.IsActive,
                    Autostart = domain.IsAutostarted,
                    Persistent = domain.IsPersistent,
                    State = state,
                    Paused = Enum.IsDefined((PausedReason)reason) ? (PausedReason)reason : PausedReason.Unknown,
                    Xml = withXml ? Attempt.Learn(() => Fact.Known(domain.ConfigurationXml())) : Fact.NotAsked<string>(),
                };
            }
            catch (LibvirtException e) when (e.IsNoDomain)
            {
                // It ended while the list was read, and nothing of it is left.
                return null;
            }
        }
    }

    private static T Ask<T>(string uri, Deadline deadline, Func<LibvirtConnection, T> call)
    {
        using var session = new HypervisorSession(uri, "libvirt");
        T? answer = session.Ask(deadline.OrIn(Limit), call, out OperationResult failure);
        return failure.Succeeded ? answer! : throw new IOException(failure.Message);
    }
}

/// <summary>What a node does for its guests at this moment, and what its logs say of them.</summary>
internal static class WatchQuestions
{
    private const int MostLines = 200;
    private const int MostLogBytes = 8_000_000;
    private static readonly TimeSpan JournalLimit = TimeSpan.FromSeconds(5);
    private static readonly string[] Logs = ["/var/log/messages", "/var/log/syslog", "/var/log/pacemaker/pacemaker.log"];

    /// <summary>What virtlockd has locked. The kernel tells of each open file what locks it bears (proc(5), fdinfo).</summary>
    public static LeasesAnswer Leases() => new([.. ProcessTable.OfRoot("virtlockd").SelectMany(process => Locked(process.Pid))]);

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
            if (
                ProcessTable.TextOf(pid, $"fdinfo/{descriptor}") is string info
                && HasLock(info)
                && Posix.ReadLink($"{directory}/fd/{descriptor}", out _) is { } file
            )
            {
                yield return file;
            }
        }
    }

    /// <summary>Whether a file of /proc/PID/fdinfo tells of a lock of fcntl(2): "lock: 1: POSIX  ADVISORY  WRITE 42 …".</summary>
    internal static bool HasLock(string fdinfo) =>
        fdinfo
            .Split('\n')
            .Any(line => line.StartsWith("lock:", StringComparison.Ordinal) && line.Contains("POSIX", StringComparison.Ordinal));

    /// <summary>The last lines with a text. Only the end of each log is read, and a log that cannot be read has no lines.</summary>
    public static LogLinesAnswer Answer(LogLinesQuestion question, Deadline deadline)
    {
        var lines = new List<string>();
        foreach (string log in Logs)
            lines.AddRange(End(log).Split('\n').Where(line => line.Contains(question.Text, StringComparison.Ordinal)));
        if (Directory.Exists("/run/systemd/journal"))
        {
            CommandResult journal = Command.Run(
                deadline.OrIn(JournalLimit),
                "journalctl",
                ["--quiet", "--no-pager", "--output=short-iso", "--since=-30d", $"--grep={Regex.Escape(question.Text)}"],
                mostOutput: MostLogBytes
            );
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
