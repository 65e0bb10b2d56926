namespace HaAgent.Core.Node;

/// <summary>What installs packages on a node.</summary>
public enum PackageTool
{
    /// <summary>SUSE.</summary>
    Zypper,

    /// <summary>Debian and Ubuntu.</summary>
    Apt,

    /// <summary>Fedora and Red Hat.</summary>
    Dnf,
}

/// <summary>What a host is, and what is installed on it.</summary>
public sealed record HostQuestion : NodeQuestion
{
    /// <summary>The programs that are looked for. "qemu" is any of the names that a QEMU has.</summary>
    public static readonly IReadOnlyList<string> Programs =
    [
        "libvirtd",
        "virtqemud",
        "virtlockd",
        "mkfs.ocfs2",
        "mkfs.gfs2",
        "dlm_controld",
        "qemu",
    ];

    /// <summary>The resource agents that are looked for, as provider/type.</summary>
    public static readonly IReadOnlyList<string> Agents =
    [
        "haagent/VirtualDomain",
        "heartbeat/VirtualDomain",
        "heartbeat/Filesystem",
        "pacemaker/controld",
    ];
}

/// <summary>To <see cref="HostQuestion"/>.</summary>
public sealed record HostAnswer : NodeAnswer
{
    /// <summary>Whether systemd runs the node.</summary>
    public required Fact<bool> Systemd { get; init; }

    /// <summary>What installs packages there; absent: nothing that we know.</summary>
    public required Fact<PackageTool> Packages { get; init; }

    /// <summary>Those of <see cref="HostQuestion.Programs"/> that are installed.</summary>
    public required Fact<IReadOnlyList<string>> Programs { get; init; }

    /// <summary>Those of <see cref="HostQuestion.Agents"/> that are installed.</summary>
    public required Fact<IReadOnlyList<string>> Agents { get; init; }

    /// <summary>libvirt's plug-in by which its QEMU driver asks virtlockd (lock_manager = "lockd"): its path; absent: it is not
    /// installed.</summary>
    public required Fact<string> LockPlugin { get; init; }

    /// <summary>The cluster's name as corosync says it; absent: it says none.</summary>
    public required Fact<string> ClusterName { get; init; }

    /// <summary>The CPU: its model's name and its features; equal for nodes with equal CPUs.</summary>
    public required Fact<string> CpuModel { get; init; }
}

/// <summary>Which filesystems the running kernel knows or has a module for.</summary>
/// <param name="Types">The filesystems in question.</param>
public sealed record KernelFilesystemsQuestion(IReadOnlyList<string> Types) : NodeQuestion;

/// <summary>To <see cref="KernelFilesystemsQuestion"/>.</summary>
/// <param name="Types">For each filesystem in question, whether the kernel has it.</param>
public sealed record KernelFilesystemsAnswer(IReadOnlyDictionary<string, Fact<bool>> Types) : NodeAnswer;

/// <summary>A network interface of a node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bridge">Whether it is a bridge.</param>
/// <param name="Addresses">Its addresses, without prefix lengths.</param>
/// <param name="Master">The bridge or bond it is a port of; null when there is none.</param>
public sealed record LinkFact(string Name, bool Bridge, IReadOnlyList<string> Addresses, string? Master = null);

/// <summary>The node's network interfaces.</summary>
public sealed record LinksQuestion : NodeQuestion;

/// <summary>To <see cref="LinksQuestion"/>.</summary>
/// <param name="Links">All of them.</param>
public sealed record LinksAnswer(IReadOnlyList<LinkFact> Links) : NodeAnswer;

/// <summary>The addresses of the cluster's own network, as corosync on the node has them.</summary>
public sealed record RingQuestion : NodeQuestion;

/// <summary>To <see cref="RingQuestion"/>.</summary>
/// <param name="Addresses">Of all nodes; a name is resolved.</param>
public sealed record RingAnswer(IReadOnlyList<string> Addresses) : NodeAnswer;

/// <summary>Whether a node reaches another.</summary>
/// <param name="Reached">haagent there answered.</param>
/// <param name="Words">Its release; or why it did not.</param>
public sealed record PeerFact(bool Reached, string Words)
{
    /// <summary>Root logs in there, and what answers is not this haagent: the login is not what has to be mended.</summary>
    public bool LogsIn { get; init; }

    /// <summary>What it means for that that a node gave no answer. Who was slow, or broke off, may be reached all the same.</summary>
    public static Fact<PeerFact> Of(NodeFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure switch
        {
            NodeFailure.TooLate or NodeFailure.BrokenOff or NodeFailure.NotStarted => Fact.NotLearned<PeerFact>(failure.Sentence),
            NodeFailure.NotReached => Fact.Known(new PeerFact(Reached: false, failure.Sentence)),
            _ => Fact.Known(new PeerFact(Reached: false, failure.Sentence) { LogsIn = true }),
        };
    }
}

/// <summary>Whether the node reaches haagent on the others by ssh, as live migrations and a haagent that is run there need it.</summary>
/// <param name="Nodes">The others.</param>
public sealed record PeersQuestion(IReadOnlyList<string> Nodes) : NodeQuestion;

/// <summary>To <see cref="PeersQuestion"/>.</summary>
/// <param name="Nodes">By name.</param>
public sealed record PeersAnswer(IReadOnlyDictionary<string, Fact<PeerFact>> Nodes) : NodeAnswer;

/// <summary>Where the node listens for connections from others.</summary>
public sealed record ListenersQuestion : NodeQuestion;

/// <summary>To <see cref="ListenersQuestion"/>.</summary>
/// <param name="TcpPorts">The TCP ports that somebody listens on, whoever it is, and not for this node alone.</param>
public sealed record ListenersAnswer(IReadOnlyList<int> TcpPorts) : NodeAnswer;

/// <summary>The node's neighbour table.</summary>
public sealed record NeighboursQuestion : NodeQuestion;

/// <summary>To <see cref="NeighboursQuestion"/>.</summary>
/// <param name="Addresses">IP addresses by hardware address in lower case.</param>
public sealed record NeighboursAnswer(IReadOnlyDictionary<string, string> Addresses) : NodeAnswer;
