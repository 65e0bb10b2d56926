using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using HaAgent.Core.Guest;
using HaAgent.Core.Migration;
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
    public static CpusAnswer Answer(CpusQuestion question, Deadline deadline, NodePermit permit) =>
        Answer(question, deadline, permit, cpu => Ask(Uri, deadline, connection => Fact.Known(connection.HasCpu(cpu))));

    internal static CpusAnswer Answer(CpusQuestion question, Deadline deadline, NodePermit permit, Func<GuestCpu, Fact<bool>> ask) =>
        new(
            question.Guests.ToDictionary(
                guest => guest.Key,
                guest => Attempt.Learn(() => Vouched(guest.Value, deadline, permit).Then(cpu => Attempt.Learn(() => ask(cpu))))
            )
        );

    // libvirt has the emulator tell what it can, by starting it: a path in a request, or in a guest's XML, is no reason to start a program.
    private static Fact<GuestCpu> Vouched(GuestCpu cpu, Deadline deadline, NodePermit permit)
    {
        if (cpu.Emulator is not { } path)
            return Fact.Known(cpu);

        // What stands still is left to a child.
        if (FileQuestions.Answer(new PathsQuestion([path]), deadline).Paths[path] is not { Value: { } found })
            return Fact.NotLearned<GuestCpu>($"there is no emulator {path}");
        string real = found.RealPath;
        if (permit < NodePermit.Changes && !IsQemu(Path.GetFileName(real)))
            return Fact.NotLearned<GuestCpu>($"{path} is no QEMU, and this login may not have another program started");
        return RootFile
            .SeeDirectory(Path.GetDirectoryName(real)!)
            .Then(_ => RootFile.SeeProgram(real))
            .Match(
                _ => Fact.Known(cpu with { Emulator = real }),
                () => Fact.NotLearned<GuestCpu>($"{path} is not started to be asked: it is not there, or runs as somebody else"),
                why => Fact.NotLearned<GuestCpu>($"{path} is not started to be asked: {why}")
            );
    }

    private static bool IsQemu(string program) =>
        program.StartsWith("qemu-system-", StringComparison.Ordinal) || program is "qemu-kvm" or "kvm";

    private static DomainFact? Read(LibvirtDomain domain, bool withXml)
    {
        using (domain)
        {
            try
            {
                (DomainState state, int reason) = domain.StateAndReason();
                bool hasBoth = domain.IsActive && domain.IsPersistent;
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
                    LiveXml =
                        !withXml ? Fact.NotAsked<string>()
                        : hasBoth ? Attempt.Learn(() => Fact.Known(domain.LiveXml()))
                        : Fact.Absent<string>(),
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

    /// <summary>The last lines that tell of a migration. Only the end of each log is read, and a log that cannot be read has no
    /// lines.</summary>
    public static LogLinesAnswer LogLines(Deadline deadline)
    {
        var lines = new List<string>();
        foreach (string log in Logs)
            lines.AddRange(End(log).Split('\n'));
        if (Directory.Exists("/run/systemd/journal"))
        {
            CommandResult journal = Command.Run(
                deadline.OrIn(JournalLimit),
                "journalctl",
                ["--quiet", "--no-pager", "--output=short-iso", "--since=-30d", $"--grep={Regex.Escape(MigrationLine.Mark)}"],
                mostOutput: MostLogBytes
            );
            lines.AddRange(journal.Output.Split('\n'));
        }

        return new LogLinesAnswer(Migrations(lines));
    }

    /// <summary>Those of the agent alone, the last of them.</summary>
    internal static IReadOnlyList<string> Migrations(IEnumerable<string> lines) =>
        [
            .. lines
                .Where(line => line.Contains(MigrationLine.Mark, StringComparison.Ordinal))
                .Select(line => line.Trim())
                .Where(line => MigrationLine.Parse(line) is not null)
                .TakeLast(MostLines),
        ];

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
