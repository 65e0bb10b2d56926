using HaAgent.Core.Node;

namespace HaAgent.Cluster.Facts;

/// <summary>What was seen on one node. Each fact is known, known to be absent, or not learned; what nobody asked for was not learned.</summary>
/// <param name="Name">The node's name in the cluster.</param>
public sealed record NodeFacts(string Name)
{
    /// <summary>Why the node could not be asked; null when it answered.</summary>
    public string? Unreachable { get; init; }

    /// <summary>Whether systemd runs the node.</summary>
    public Fact<bool> Systemd { get; init; } = Fact.NotAsked<bool>();

    /// <summary>What installs packages there; absent: nothing that we know.</summary>
    public Fact<PackageTool> Packages { get; init; } = Fact.NotAsked<PackageTool>();

    /// <summary>Those of <see cref="HostQuestion.Programs"/> that are installed.</summary>
    public Fact<IReadOnlyList<string>> Programs { get; init; } = Fact.NotAsked<IReadOnlyList<string>>();

    /// <summary>Those of <see cref="HostQuestion.Agents"/> that are installed, as provider/type.</summary>
    public Fact<IReadOnlyList<string>> Agents { get; init; } = Fact.NotAsked<IReadOnlyList<string>>();

    /// <summary>The cluster's name as corosync says it; absent: it says none.</summary>
    public Fact<string> ClusterName { get; init; } = Fact.NotAsked<string>();

    /// <summary>The node's CPU: its model's name and its features; equal for nodes with equal CPUs.</summary>
    public Fact<string> CpuModel { get; init; } = Fact.NotAsked<string>();

    /// <summary>Whether the running kernel knows a filesystem or has a module for it, by the filesystem.</summary>
    public IReadOnlyDictionary<string, Fact<bool>> KernelFilesystems { get; init; } = new Dictionary<string, Fact<bool>>();

    /// <summary>Every mount of the node.</summary>
    public Fact<IReadOnlyList<MountFact>> Mounts { get; init; } = Fact.NotAsked<IReadOnlyList<MountFact>>();

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

    /// <summary>libvirt's daemons that run.</summary>
    public Fact<IReadOnlyList<DaemonFact>> Daemons { get; init; } = Fact.NotAsked<IReadOnlyList<DaemonFact>>();

    /// <summary>systemd's units, by name; empty where it does not run the node.</summary>
    public Fact<IReadOnlyDictionary<string, UnitFact>> Units { get; init; } = Fact.NotAsked<IReadOnlyDictionary<string, UnitFact>>();

    /// <summary>Whether systemd has not yet read what is on disk for Pacemaker's unit.</summary>
    public Fact<bool> PacemakerNeedsReload { get; init; } = Fact.NotAsked<bool>();

    /// <summary>The QEMU process of each guest that runs there, by the domain's name: told without libvirt.</summary>
    public Fact<IReadOnlyDictionary<string, int>> Guests { get; init; } = Fact.NotAsked<IReadOnlyDictionary<string, int>>();

    /// <summary>The domains that its libvirt knows; not learned when libvirt does not answer.</summary>
    public Fact<IReadOnlyList<DomainFact>> Domains { get; init; } = Fact.NotAsked<IReadOnlyList<DomainFact>>();

    /// <summary>Whether its libvirt has a guest's CPU, by the guest.</summary>
    public IReadOnlyDictionary<string, Fact<bool>> Cpus { get; init; } = new Dictionary<string, Fact<bool>>();

    /// <summary>Its network interfaces.</summary>
    public Fact<IReadOnlyList<LinkFact>> Links { get; init; } = Fact.NotAsked<IReadOnlyList<LinkFact>>();

    /// <summary>The addresses of the cluster's own network, of all nodes.</summary>
    public Fact<IReadOnlyList<string>> RingAddresses { get; init; } = Fact.NotAsked<IReadOnlyList<string>>();

    /// <summary>Whether it reaches haagent on the other nodes, by their names.</summary>
    public Fact<IReadOnlyDictionary<string, PeerFact>> Peers { get; init; } = Fact.NotAsked<IReadOnlyDictionary<string, PeerFact>>();

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
    public Fact<MountFact> MountAt(string path) => Mounts.Then(mounts => Found(mounts.LastOrDefault(mount => mount.Point == path)));

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
