namespace HaAgent.Cluster.Facts;

/// <summary>What was seen on one node. A fact that was not asked for, or could not be learned, is empty; it is never guessed.</summary>
/// <param name="Name">The node's name in the cluster.</param>
public sealed record NodeFacts(string Name)
{
    /// <summary>Why the node could not be asked; null when it answered.</summary>
    public string? Unreachable { get; init; }

    /// <summary>Whether systemd runs the node.</summary>
    public bool Systemd { get; init; }

    /// <summary>What installs packages there.</summary>
    public PackageTool Packages { get; init; }

    /// <summary>Those of the programs asked for that are installed, by name.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>Those of the resource agents asked for that are installed, as provider/type.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>The files asked for, by path.</summary>
    public IReadOnlyDictionary<string, FileFact> Files { get; init; } = new Dictionary<string, FileFact>();

    /// <summary>The systemd units asked for, by name.</summary>
    public IReadOnlyDictionary<string, UnitFact> Units { get; init; } = new Dictionary<string, UnitFact>();

    /// <summary>What virtlockd has locked there, as its open files show it: lease files, or disks that are locked directly.</summary>
    public IReadOnlyList<string> Leases { get; init; } = [];

    /// <summary>The last lines of the agents' logs that tell of a migration, the newest last.</summary>
    public IReadOnlyList<string> MigrationLines { get; init; } = [];

    /// <summary>IP addresses that its neighbour table knows, by hardware address in lower case.</summary>
    public IReadOnlyDictionary<string, string> Neighbours { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether systemd has not yet read what is on disk for Pacemaker's unit.</summary>
    public bool PacemakerNeedsReload { get; init; }

    /// <summary>libvirt's daemons that run.</summary>
    public IReadOnlyList<DaemonFact> Daemons { get; init; } = [];

    /// <summary>The guests that run under libvirt's QEMU driver, by name, as the run-time directory and /proc tell it without libvirt.</summary>
    public IReadOnlyList<string> Guests { get; init; } = [];

    /// <summary>The QEMU process of each of these guests.</summary>
    public IReadOnlyDictionary<string, int> GuestProcesses { get; init; } = new Dictionary<string, int>();

    /// <summary>The block devices asked for, by the path asked for.</summary>
    public IReadOnlyDictionary<string, DeviceFact> Devices { get; init; } = new Dictionary<string, DeviceFact>();

    /// <summary>Every mount of the node.</summary>
    public IReadOnlyList<MountFact> Mounts { get; init; } = [];

    /// <summary>The directories asked for, by path.</summary>
    public IReadOnlyDictionary<string, DirectoryFact> Directories { get; init; } = new Dictionary<string, DirectoryFact>();

    /// <summary>Filesystems that the running kernel knows or has a module for, of those asked for.</summary>
    public IReadOnlyList<string> KernelFilesystems { get; init; } = [];

    /// <summary>The cluster's name as corosync says it; null when it says none.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The peers to which root may log in without a password: null when it works, else why not.</summary>
    public IReadOnlyDictionary<string, string?> Logins { get; init; } = new Dictionary<string, string?>();

    /// <summary>Its network interfaces.</summary>
    public IReadOnlyList<LinkFact> Links { get; init; } = [];

    /// <summary>The addresses of the cluster's own network, of all nodes.</summary>
    public IReadOnlyList<string> RingAddresses { get; init; } = [];

    /// <summary>Storage-based fencing; null when the node has none configured.</summary>
    public SbdFact? Sbd { get; init; }

    /// <summary>Whether libvirt answered there.</summary>
    public bool LibvirtAnswers { get; init; }

    /// <summary>The domains that its libvirt knows.</summary>
    public IReadOnlyList<DomainFact> Domains { get; init; } = [];

    /// <summary>The paths asked for.</summary>
    public IReadOnlyDictionary<string, PathFact> Paths { get; init; } = new Dictionary<string, PathFact>();

    /// <summary>Whether libvirt there can run the guest's CPU; null where it has no opinion.</summary>
    public IReadOnlyDictionary<string, bool?> Cpus { get; init; } = new Dictionary<string, bool?>();

    /// <summary>The node's CPU: its model's name and its features; equal for nodes with equal CPUs.</summary>
    public string CpuModel { get; init; } = "";

    /// <summary>The file asked for; one that was not asked for is a mistake of ours, not a missing file.</summary>
    public FileFact File(string path) => Files.TryGetValue(path, out FileFact? file) ? file
        : throw new InvalidOperationException($"{Name} was not asked for the file {path}");

    /// <summary>The unit of that name; one that systemd does not know is <see cref="UnitFact.None"/>.</summary>
    public UnitFact Unit(string name) => Units.TryGetValue(name, out UnitFact? unit) ? unit : UnitFact.None;

    /// <summary>The daemon of that name that runs, or null.</summary>
    public DaemonFact? Daemon(string name) => Daemons.FirstOrDefault(daemon => daemon.Name == name);

    /// <summary>The filesystem mounted at exactly that path, or null. The last mount covers those before.</summary>
    public MountFact? MountAt(string path) => Mounts.LastOrDefault(mount => mount.Point == path);

    /// <summary>The domain of that name that its libvirt knows, or null.</summary>
    public DomainFact? Domain(string name) => Domains.FirstOrDefault(domain => domain.Name == name);

    /// <summary>What the path leads to; one that was not asked for leads nowhere.</summary>
    public PathFact Path(string path) => Paths.TryGetValue(path, out PathFact? fact) ? fact : new PathFact(PathKind.Missing);

    /// <summary>Whether the program is installed.</summary>
    public bool Has(string program) => Programs.Contains(program);
}
