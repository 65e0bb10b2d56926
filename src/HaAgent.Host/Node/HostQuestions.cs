using System.Globalization;
using System.Net;
using HaAgent.Core.Node;
using HaAgent.Core.Text;
using HaAgent.Host.Native;

namespace HaAgent.Host.Node;

/// <summary>What a host is and what is installed on it.</summary>
internal static unsafe class HostQuestions
{
    private const string OsRelease = "/etc/os-release";
    private const string CorosyncConf = "/etc/corosync/corosync.conf";
    private const string AgentDirectory = "/usr/lib/ocf/resource.d";

    private static readonly (PackageTool Tool, string Program, string[] Families)[] Tools =
    [
        (PackageTool.Zypper, "zypper", ["suse", "sles"]),
        (PackageTool.Apt, "apt-get", ["debian", "ubuntu"]),
        (PackageTool.Dnf, "dnf", ["fedora", "rhel"]),
    ];

    /// <summary>What the host is.</summary>
    public static HostAnswer Answer(Deadline deadline) =>
        new()
        {
            Systemd = Fact.Known(DaemonQuestions.HasSystemd),
            Packages = Attempt.Learn(() => Packages(File.Exists(OsRelease) ? RegularFile.Text(OsRelease) : "", Has)),
            Programs = Attempt.Learn(() =>
                Fact.Known<IReadOnlyList<string>>([.. HostQuestion.Programs.Where(program => program == "qemu" ? HasQemu() : Has(program))])
            ),
            Agents = Fact.Known<IReadOnlyList<string>>([.. HostQuestion.Agents.Where(agent => IsExecutable($"{AgentDirectory}/{agent}"))]),
            LockPlugin = Attempt.Learn(LockPlugin),
            ClusterName = Attempt.Learn(() => ClusterName(deadline)),
            CpuModel = Attempt.Learn(() => Fact.Known(CpuModel(RegularFile.Text("/proc/cpuinfo")))),
        };

    /// <summary>Whether the running kernel has filesystems.</summary>
    public static KernelFilesystemsAnswer Answer(KernelFilesystemsQuestion question, Deadline deadline)
    {
        string[] present = RegularFile.Text("/proc/filesystems").Split((char[])['\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries);
        return new KernelFilesystemsAnswer(
            question.Types.Distinct().ToDictionary(type => type, type => present.Contains(type) ? Fact.Known(true) : Module(type, deadline))
        );
    }

    // A distribution may carry the tool of another one as a package: os-release(5) says which one it is.
    internal static Fact<PackageTool> Packages(string osRelease, Func<string, bool> has)
    {
        IReadOnlyDictionary<string, string> values = KeyValueText.Parse(osRelease);
        string[] words = $"{values.GetValueOrDefault("ID")} {values.GetValueOrDefault("ID_LIKE")}".Split(
            ' ',
            StringSplitOptions.RemoveEmptyEntries
        );
        var own = Tools
            .Where(tool => words.Any(word => tool.Families.Any(family => word.Contains(family, StringComparison.Ordinal))))
            .Take(1)
            .ToArray();
        foreach ((PackageTool tool, string program, _) in own.Length > 0 ? own : Tools)
        {
            if (has(program))
                return Fact.Known(tool);
        }

        return Fact.Absent<PackageTool>();
    }

    /// <summary>The model's name and the sorted features of the first CPU.</summary>
    internal static string CpuModel(string cpuinfo)
    {
        string? Value(params string[] keys) =>
            cpuinfo
                .Split('\n')
                .Select(line => line.Split(':', 2))
                .Where(pair => pair.Length == 2 && keys.Contains(pair[0].Trim()))
                .Select(pair => pair[1].Trim())
                .FirstOrDefault();
        string[] features = Value("flags", "Features")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return $"{Value("model name", "CPU part", "cpu")}\n{string.Join(' ', features.Order(StringComparer.Ordinal))}";
    }

    /// <summary>The cluster_name of a corosync.conf(5).</summary>
    internal static Fact<string> ConfiguredName(string corosyncConf) =>
        corosyncConf
            .Split('\n')
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2 && pair[0].Trim() == "cluster_name" && pair[1].Trim().Length > 0)
            .Select(pair => Fact.Known(pair[1].Trim()))
            .FirstOrDefault()
        ?? Fact.Absent<string>();

    private static Fact<string> ClusterName(Deadline deadline)
    {
        // "totem.cluster_name (str) = hacluster"; a corosync that does not run says nothing.
        CommandResult result = Command.Run(deadline.OrIn(TimeSpan.FromSeconds(10)), "corosync-cmapctl", ["-g", "totem.cluster_name"]);
        return result.Succeeded && result.Output.Split(" = ", 2) is [_, var name] && name.Trim().Length > 0
            ? Fact.Known(name.Trim())
            : ConfiguredName(RegularFile.Text(CorosyncConf));
    }

    private static Fact<bool> Module(string type, Deadline deadline)
    {
        // modprobe(8) loads nothing on a dry run, and ends with 1 when there is no such module.
        CommandResult result = Command.Run(deadline.OrIn(TimeSpan.FromSeconds(10)), "modprobe", ["--dry-run", "--quiet", type]);
        return result.ExitCode switch
        {
            0 => Fact.Known(true),
            1 => Fact.Known(false),
            _ => Fact.NotLearned<bool>($"modprobe: {result.Words}"),
        };
    }

    // libvirt's own directory for them (LIBDIR/libvirt/lock-driver).
    private static Fact<string> LockPlugin() =>
        LibraryDirectories.All.Select(directory => $"{directory}/libvirt/lock-driver/lockd.so").FirstOrDefault(File.Exists) is { } path
            ? Fact.Known(path)
            : Fact.Absent<string>();

    // Red Hat keeps its QEMU outside of the search path.
    private static bool HasQemu() =>
        IsExecutable("/usr/libexec/qemu-kvm")
        || IsExecutable("/usr/bin/qemu-kvm")
        || Directory.EnumerateFiles("/usr/bin", "qemu-system-*").Any(IsExecutable);

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Any(directory => IsExecutable($"{directory}/{program}"));

    private static bool IsExecutable(string path) => File.Exists(path) && Posix.MayExecute(path);
}

/// <summary>Storage-based fencing and its watchdog.</summary>
internal static class FencingQuestions
{
    private static readonly string[] Files = ["/etc/sysconfig/sbd", "/etc/default/sbd"];

    /// <summary>What is configured, and whether it runs.</summary>
    public static SbdAnswer Answer()
    {
        string configuration = Files.FirstOrDefault(File.Exists) is { } file ? RegularFile.Text(file) : "";
        bool running = ProcessTable.OfRoot("sbd").Any();
        return new SbdAnswer(Read(configuration, running, RealPath, IsCharacterDevice));
    }

    /// <summary>Reads sbd's configuration. The file comes with the package; what counts is that a device is named or the daemon
    /// runs.</summary>
    internal static Fact<SbdFact> Read(
        string configuration,
        bool running,
        Func<string, string> realPath,
        Func<string, bool> isCharacterDevice
    )
    {
        IReadOnlyDictionary<string, string> values = KeyValueText.Parse(configuration);
        string[] devices =
        [
            .. values.GetValueOrDefault("SBD_DEVICE", "").Split((char[])[';', ' '], StringSplitOptions.RemoveEmptyEntries).Distinct(),
        ];
        if (devices.Length == 0 && !running)
            return Fact.Absent<SbdFact>();
        string watchdog = values.GetValueOrDefault("SBD_WATCHDOG_DEV") is { Length: > 0 } named ? named : "/dev/watchdog";
        return Fact.Known(
            new SbdFact(devices.ToDictionary(device => device, realPath), running, configuration.Length > 0 && isCharacterDevice(watchdog))
        );
    }

    private static string RealPath(string path)
    {
        using PathHandle? handle = PathHandle.Open(path);
        return handle?.RealPath ?? path;
    }

    private static bool IsCharacterDevice(string path)
    {
        using PathHandle? handle = PathHandle.Open(path);
        return handle is { IsCharacterDevice: true };
    }
}

/// <summary>The node's networks, and which other nodes it reaches.</summary>
internal static class NetworkQuestions
{
    private const string Listen = "0A";
    private static readonly TimeSpan PeerLimit = TimeSpan.FromSeconds(15);

    /// <summary>Its interfaces.</summary>
    public static LinksAnswer Links(Deadline deadline) =>
        Links("/sys/class/net", NodeQuestions.Output(deadline, "ip", "-o", "addr", "show"));

    /// <summary>The interfaces of a /sys/class/net, with the addresses that <c>ip -o addr</c> shows: "2: eth0    inet 10.0.0.1/24
    /// …".</summary>
    internal static LinksAnswer Links(string directory, string addresses)
    {
        ILookup<string, string> found = NodeQuestions
            .Lines(addresses)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [_, _, "inet" or "inet6", _, ..])
            .ToLookup(words => words[1].Split('@')[0], words => words[3].Split('/')[0]);
        return new LinksAnswer([
            .. Directory
                .EnumerateFileSystemEntries(directory)
                .Where(Directory.Exists)
                .Order(StringComparer.Ordinal)
                .Select(link => new LinkFact(
                    Path.GetFileName(link),
                    Directory.Exists($"{link}/bridge"),
                    [.. found[Path.GetFileName(link)]],
                    Path.GetFileName(Posix.ReadLink($"{link}/master", out _))
                )),
        ]);
    }

    /// <summary>The cluster's own addresses.</summary>
    public static RingAnswer Ring(Deadline deadline) =>
        new([
            .. RingNames(NodeQuestions.Output(deadline, "corosync-cmapctl")).SelectMany(Resolve).Distinct().Order(StringComparer.Ordinal),
        ]);

    /// <summary>Reads "nodelist.node.0.ring0_addr (str) = 10.77.0.1"; an address may be written as a name.</summary>
    internal static IReadOnlyList<string> RingNames(string cmap) =>
        [
            .. NodeQuestions
                .Lines(cmap)
                .Select(line => line.Split(" = ", 2))
                .Where(pair =>
                    pair.Length == 2
                    && pair[0].StartsWith("nodelist.node.", StringComparison.Ordinal)
                    && pair[0].Split(' ')[0].Split('.')[^1] is var key
                    && key.StartsWith("ring", StringComparison.Ordinal)
                    && key.EndsWith("_addr", StringComparison.Ordinal)
                )
                .Select(pair => pair[1].Trim())
                .Distinct(),
        ];

    /// <summary>Which of the other nodes' haagent answers.</summary>
    public static PeersAnswer Answer(PeersQuestion question, Deadline deadline, NodePermit permit)
    {
        // It is root who logs in there, and not whoever asks.
        if (permit < NodePermit.Changes && question.Nodes.Except(Members(deadline)).ToArray() is { Length: > 0 } strangers)
            throw new IOException($"{string.Join(", ", strangers)}: no node of this cluster");
        TimeSpan limit = deadline.OrIn(PeerLimit).Left;
        (string Node, Task<NodeAnswers> Answers)[] asked =
        [
            .. question.Nodes.Distinct().Select(node => (node, new NodeClient().AskAsync(node, [new ReleaseQuestion()], limit))),
        ];
        Task.WaitAll(asked.Select(ask => ask.Answers));
        return new PeersAnswer(
            asked.ToDictionary(
                ask => ask.Node,
                ask =>
                    ask.Answers.Result.Unreachable is { } failure
                        ? PeerFact.Of(failure)
                        : ask
                            .Answers.Result.Answers[0]
                            .Map(answer =>
                                answer is ReleaseAnswer release
                                    ? new PeerFact(true, release.Version)
                                    : new PeerFact(false, "it answered something else") { LogsIn = true }
                            )
            )
        );
    }

    /// <summary>Reads /proc/net/tcp and tcp6 (proc(5)): "0: 00000000:0016 00000000:0000 0A …", where 0A is LISTEN and the port is
    /// hexadecimal.</summary>
    internal static ListenersAnswer Listeners(params IEnumerable<string> tables) =>
        new([
            .. tables
                .SelectMany(NodeQuestions.Lines)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is [_, _, _, Listen, ..] && !IsLoopback(words[1].Split(':')[0]))
                .Select(words => int.Parse(words[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                .Distinct()
                .Order(),
        ]);

    // Each group of four bytes is a number as this machine has it: 127.0.0.1 ends, or begins, with 7F.
    private static bool IsLoopback(string address)
    {
        byte[] bytes = Convert.FromHexString(address);
        if (BitConverter.IsLittleEndian)
        {
            for (int i = 0; i < bytes.Length; i += 4)
                Array.Reverse(bytes, i, 4);
        }

        var ip = new IPAddress(bytes);
        return IPAddress.IsLoopback(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip);
    }

    private static string[] Members(Deadline deadline)
    {
        string nodes = NodeQuestions.Output(deadline.OrIn(PeerLimit), "cibadmin", "--query", "--scope", "nodes");
        return [.. ForeignXml.Parse(nodes, root: "nodes").Elements("node").Select(node => (string?)node.Attribute("uname") ?? "")];
    }

    /// <summary>Its neighbour table.</summary>
    public static NeighboursAnswer Neighbours(Deadline deadline) =>
        ReadNeighbours(NodeQuestions.Output(deadline, "ip", "-4", "-o", "neigh", "show"));

    /// <summary>Reads "10.77.1.11 dev br0 lladdr 52:54:00:00:00:0b REACHABLE".</summary>
    internal static NeighboursAnswer ReadNeighbours(string text)
    {
        var addresses = new Dictionary<string, string>();
        foreach (string[] words in NodeQuestions.Lines(text).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            int hardware = Array.IndexOf(words, "lladdr") + 1;
            if (hardware > 0 && hardware < words.Length)
                addresses.TryAdd(words[hardware].ToLowerInvariant(), words[0]);
        }

        return new NeighboursAnswer(addresses);
    }

    private static IEnumerable<string> Resolve(string name) =>
        IPAddress.TryParse(name, out IPAddress? address)
            ? [address.ToString()]
            : Dns.GetHostAddresses(name).Select(found => found.ToString());
}
