using HaAgent.Cluster.Configuration;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Facts;

/// <summary>What was seen on one node. Each fact is known, known to be absent, or not learned; what nobody asked for was not
/// learned.</summary>
/// <param name="Name">The node's name in the cluster.</param>
public sealed record NodeFacts(string Name)
{
    /// <summary>Why the node could not be asked; null when it answered.</summary>
    public NodeFailure? Unreachable { get; init; }

    /// <summary>Whether systemd runs the node.</summary>
    public Fact<bool> Systemd { get; init; } = Fact.NotAsked<bool>();

    /// <summary>What installs packages there; absent: nothing that we know.</summary>
    public Fact<PackageTool> Packages { get; init; } = Fact.NotAsked<PackageTool>();

    /// <summary>Those of <see cref="HostQuestion.Programs"/> that are installed.</summary>
    public Fact<IReadOnlyList<string>> Programs { get; init; } = Fact.NotAsked<IReadOnlyList<string>>();

    /// <summary>Those of <see cref="HostQuestion.Agents"/> that are installed, as provider/type.</summary>
    public Fact<IReadOnlyList<string>> Agents { get; init; } = Fact.NotAsked<IReadOnlyList<string>>();

    /// <summary>The path of libvirt's plug-in that asks virtlockd; absent: it is not installed.</summary>
    public Fact<string> LockPlugin { get; init; } = Fact.NotAsked<string>();

    /// <summary>The cluster's name as corosync says it; absent: it says none.</summary>
    public Fact<string> ClusterName { get; init; } = Fact.NotAsked<string>();

    /// <summary>The node's CPU: its model's name and its features; equal for nodes with equal CPUs.</summary>
    public Fact<string> CpuModel { get; init; } = Fact.NotAsked<string>();

    /// <summary>Whether the running kernel knows a filesystem or has a module for it, by the filesystem.</summary>
    public IReadOnlyDictionary<string, Fact<bool>> KernelFilesystems { get; init; } = new Dictionary<string, Fact<bool>>();

    /// <summary>Every mount of the node.</summary>
    public Fact<IReadOnlyList<Mount>> Mounts { get; init; } = Fact.NotAsked<IReadOnlyList<Mount>>();

    /// <summary>Files, by path.</summary>
    public IReadOnlyDictionary<string, Fact<FileFact>> Files { get; init; } = new Dictionary<string, Fact<FileFact>>();

    /// <summary>Directories, by path.</summary>
    public IReadOnlyDictionary<string, Fact<DirectoryFact>> Directories { get; init; } = new Dictionary<string, Fact<DirectoryFact>>();

    /// <summary>What paths lead to, by path.</summary>
    public IReadOnlyDictionary<string, Fact<PathFact>> Paths { get; init; } = new Dictionary<string, Fact<PathFact>>();

    /// <summary>Block devices, by path.</summary>
    public IReadOnlyDictionary<string, Fact<DeviceFact>> Devices { get; init; } = new Dictionary<string, Fact<DeviceFact>>();

    /// <summary>Storage-based fencing; absent: the node has none.</summary>
    public Fact<SbdFact> Sbd { get; init; } = Fact.NotAsked<SbdFact>();

    /// <summary>What has a node fenced for DLM; absent: not dlm_stonith.</summary>
    public Fact<DlmHelper> DlmHelper { get; init; } = Fact.NotAsked<DlmHelper>();

    /// <summary>The nodes that DLM waits for; absent: it does not run.</summary>
    public Fact<IReadOnlyList<DlmWait>> DlmWaits { get; init; } = Fact.NotAsked<IReadOnlyList<DlmWait>>();

    /// <summary>libvirt's daemons that run.</summary>
    public Fact<IReadOnlyList<DaemonFact>> Daemons { get; init; } = Fact.NotAsked<IReadOnlyList<DaemonFact>>();

    /// <summary>systemd's units, by name; empty where it does not run the node.</summary>
    public Fact<IReadOnlyDictionary<string, UnitFact>> Units { get; init; } = Fact.NotAsked<IReadOnlyDictionary<string, UnitFact>>();

    /// <summary>Whether systemd has not yet read what is on disk for Pacemaker's unit.</summary>
    public Fact<bool> PacemakerNeedsReload { get; init; } = Fact.NotAsked<bool>();

    /// <summary>The units after which systemd orders Pacemaker, whatever file says so; none where systemd does not run the node.</summary>
    public Fact<IReadOnlyList<string>> PacemakerAfter { get; init; } = Fact.NotAsked<IReadOnlyList<string>>();

    /// <summary>The QEMU process of each guest that runs there, by the domain's name: told without libvirt.</summary>
    public Fact<IReadOnlyDictionary<string, ProcessFact>> Guests { get; init; } = Fact.NotAsked<IReadOnlyDictionary<string, ProcessFact>>();

    /// <summary>The domains that its libvirt knows; not learned when libvirt does not answer.</summary>
    public Fact<IReadOnlyList<DomainFact>> Domains { get; init; } = Fact.NotAsked<IReadOnlyList<DomainFact>>();

    /// <summary>Whether its libvirt has a guest's CPU, by the guest.</summary>
    public IReadOnlyDictionary<string, Fact<bool>> Cpus { get; init; } = new Dictionary<string, Fact<bool>>();

    /// <summary>Its network interfaces.</summary>
    public Fact<IReadOnlyList<LinkFact>> Links { get; init; } = Fact.NotAsked<IReadOnlyList<LinkFact>>();

    /// <summary>The addresses of the cluster's own network, of all nodes.</summary>
    public Fact<IReadOnlyList<string>> RingAddresses { get; init; } = Fact.NotAsked<IReadOnlyList<string>>();

    /// <summary>Whether it reaches haagent on the other nodes, by their names.</summary>
    public Fact<IReadOnlyDictionary<string, Fact<PeerFact>>> Peers { get; init; } =
        Fact.NotAsked<IReadOnlyDictionary<string, Fact<PeerFact>>>();

    /// <summary>The TCP ports on which it listens for others.</summary>
    public Fact<IReadOnlyList<int>> TcpPorts { get; init; } = Fact.NotAsked<IReadOnlyList<int>>();

    /// <summary>IP addresses that its neighbour table knows, by hardware address in lower case.</summary>
    public Fact<IReadOnlyDictionary<string, string>> Neighbours { get; init; } = Fact.NotAsked<IReadOnlyDictionary<string, string>>();

    /// <summary>What virtlockd has locked there, as its open files show it: lease files, or disks that are locked directly.</summary>
    public Fact<IReadOnlyList<string>> Leases { get; init; } = Fact.NotAsked<IReadOnlyList<string>>();

    /// <summary>The last lines of the agents' logs that tell of a migration, the newest last.</summary>
    public Fact<IReadOnlyList<string>> MigrationLines { get; init; } = Fact.NotAsked<IReadOnlyList<string>>();

    /// <summary>A file.</summary>
    public Fact<FileFact> File(string path) => Files.GetValueOrDefault(path) ?? Fact.NotAsked<FileFact>();

    /// <summary>A directory.</summary>
    public Fact<DirectoryFact> Directory(string path) => Directories.GetValueOrDefault(path) ?? Fact.NotAsked<DirectoryFact>();

    /// <summary>A block device.</summary>
    public Fact<DeviceFact> Device(string path) => Devices.GetValueOrDefault(path) ?? Fact.NotAsked<DeviceFact>();

    /// <summary>What a path leads to.</summary>
    public Fact<PathFact> Path(string path) => Paths.GetValueOrDefault(path) ?? Fact.NotAsked<PathFact>();

    /// <summary>A systemd unit; <see cref="UnitFact.None"/> for one that systemd does not know.</summary>
    public Fact<UnitFact> Unit(string name) => Units.Map(units => units.GetValueOrDefault(name) ?? UnitFact.None);

    /// <summary>The daemon of that name; absent: it does not run.</summary>
    public Fact<DaemonFact> Daemon(string name) => Daemons.Then(daemons => Found(daemons.FirstOrDefault(daemon => daemon.Name == name)));

    /// <summary>The filesystem mounted at exactly that path. The last mount covers those before.</summary>
    public Fact<Mount> MountAt(string path) => Mounts.Then(mounts => Found(mounts.LastOrDefault(mount => mount.Point == path)));

    /// <summary>The domain of that name; absent: its libvirt knows none.</summary>
    public Fact<DomainFact> Domain(string name) => Domains.Then(domains => Found(domains.FirstOrDefault(domain => domain.Name == name)));

    /// <summary>Whether its libvirt has the guest's CPU.</summary>
    public Fact<bool> Cpu(string guest) => Cpus.GetValueOrDefault(guest) ?? Fact.NotAsked<bool>();

    /// <summary>Whether the program is installed.</summary>
    public Fact<bool> Has(string program) => Programs.Map(programs => programs.Contains(program));

    /// <summary>Whether a guest's process runs there.</summary>
    public Fact<bool> Runs(string guest) => Guests.Map(guests => guests.ContainsKey(guest));

    private static Fact<T> Found<T>(T? value)
        where T : class => value is null ? Fact.Absent<T>() : Fact.Known(value);
}

/// <summary>Puts a node's answers among its facts. A question without an answer, or with one to another question, leaves its facts not
/// learned, and why.</summary>
public static class NodeFactsReader
{
    /// <summary>The facts with the answers among them.</summary>
    /// <param name="facts">What is known already.</param>
    /// <param name="questions">What was asked.</param>
    /// <param name="answers">One for each question, in their order.</param>
    public static NodeFacts With(this NodeFacts facts, IReadOnlyList<NodeQuestion> questions, IReadOnlyList<Fact<NodeAnswer>> answers)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(answers);
        return questions.Zip(answers).Aggregate(facts, (known, said) => Read(known, said.First, said.Second));
    }

    private static NodeFacts Read(NodeFacts facts, NodeQuestion question, Fact<NodeAnswer> said) =>
        question switch
        {
            HostQuestion => Host(facts, As<HostAnswer>(said)),
            KernelFilesystemsQuestion q => facts with
            {
                KernelFilesystems = Each(facts.KernelFilesystems, q.Types, As<KernelFilesystemsAnswer>(said).Map(a => a.Types)),
            },
            MountsQuestion => facts with { Mounts = As<MountsAnswer>(said).Map(a => a.Mounts) },
            FilesQuestion q => facts with { Files = Each(facts.Files, q.Paths, As<FilesAnswer>(said).Map(a => a.Files)) },
            DirectoriesQuestion q => facts with
            {
                Directories = Each(facts.Directories, q.Paths, As<DirectoriesAnswer>(said).Map(a => a.Directories)),
            },
            PathsQuestion q => facts with { Paths = Each(facts.Paths, q.Paths, As<PathsAnswer>(said).Map(a => a.Paths)) },
            DevicesQuestion q => facts with { Devices = Each(facts.Devices, q.Paths, As<DevicesAnswer>(said).Map(a => a.Devices)) },
            SbdQuestion => facts with { Sbd = As<SbdAnswer>(said).Then(a => a.Sbd) },
            DlmQuestion => facts with
            {
                DlmHelper = As<DlmAnswer>(said).Then(a => a.Helper),
                DlmWaits = As<DlmAnswer>(said).Then(a => a.Waits),
            },
            DaemonsQuestion => facts with { Daemons = As<DaemonsAnswer>(said).Map(a => a.Daemons) },
            UnitsQuestion => facts with
            {
                Units = As<UnitsAnswer>(said).Map(a => a.Units),
                PacemakerNeedsReload = As<UnitsAnswer>(said).Map(a => a.PacemakerNeedsReload),
                PacemakerAfter = As<UnitsAnswer>(said).Map(a => a.PacemakerAfter),
            },
            RunningGuestsQuestion => facts with { Guests = As<RunningGuestsAnswer>(said).Map(a => a.Processes) },
            DomainsQuestion => facts with { Domains = As<DomainsAnswer>(said).Map(a => a.Domains) },
            CpusQuestion q => facts with { Cpus = Each(facts.Cpus, q.Guests.Keys, As<CpusAnswer>(said).Map(a => a.Guests)) },
            LinksQuestion => facts with { Links = As<LinksAnswer>(said).Map(a => a.Links) },
            RingQuestion => facts with { RingAddresses = As<RingAnswer>(said).Map(a => a.Addresses) },
            PeersQuestion => facts with { Peers = As<PeersAnswer>(said).Map(a => a.Nodes) },
            ListenersQuestion => facts with { TcpPorts = As<ListenersAnswer>(said).Map(a => a.TcpPorts) },
            NeighboursQuestion => facts with { Neighbours = As<NeighboursAnswer>(said).Map(a => a.Addresses) },
            LeasesQuestion => facts with { Leases = As<LeasesAnswer>(said).Map(a => a.Files) },
            LogLinesQuestion => facts with { MigrationLines = As<LogLinesAnswer>(said).Map(a => a.Lines) },
            _ => throw new ArgumentOutOfRangeException(nameof(question), question, "no fact follows from it"),
        };

    private static NodeFacts Host(NodeFacts facts, Fact<HostAnswer> said) =>
        facts with
        {
            Systemd = said.Then(a => a.Systemd),
            Packages = said.Then(a => a.Packages),
            Programs = said.Then(a => a.Programs),
            Agents = said.Then(a => a.Agents),
            LockPlugin = said.Then(a => a.LockPlugin),
            ClusterName = said.Then(a => a.ClusterName),
            CpuModel = said.Then(a => a.CpuModel),
        };

    private static Fact<T> As<T>(Fact<NodeAnswer> said)
        where T : NodeAnswer =>
        said.Then(answer => answer is T right ? Fact.Known(right) : Fact.NotLearned<T>("it answered another question"));

    // What was asked and is not in the answer was not learned; what is known of other paths stays.
    private static Dictionary<string, Fact<T>> Each<T>(
        IReadOnlyDictionary<string, Fact<T>> known,
        IEnumerable<string> asked,
        Fact<IReadOnlyDictionary<string, Fact<T>>> said
    )
        where T : notnull
    {
        var all = new Dictionary<string, Fact<T>>(known);
        foreach (string key in asked)
            all[key] = said.Then(answers => answers.GetValueOrDefault(key) ?? Fact.NotLearned<T>("the answer does not mention it"));
        return all;
    }
}

/// <summary>What was seen of a cluster at one moment: facts only, no judgement.</summary>
/// <param name="Self">The node on which haagent runs.</param>
/// <param name="Cib">The configuration that a change would be based on.</param>
/// <param name="Status">What the cluster says of its nodes and resources.</param>
/// <param name="Nodes">One entry for each member node of the configuration, reached or not.</param>
public sealed record Snapshot(string Self, Cib Cib, ClusterStatus Status, IReadOnlyList<NodeFacts> Nodes)
{
    /// <summary>The nodes that answered.</summary>
    public IEnumerable<NodeFacts> Reached => Nodes.Where(node => node.Unreachable is null);

    /// <summary>The facts of one node.</summary>
    /// <exception cref="InvalidOperationException">There is no such node in the cluster.</exception>
    public NodeFacts Node(string name) =>
        Nodes.FirstOrDefault(node => node.Name == name) ?? throw new InvalidOperationException($"the cluster has no node {name}");
}
