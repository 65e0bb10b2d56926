using System.Text.Json.Serialization;
using HaAgent.Core.Guest;

namespace HaAgent.Core.Node;

/// <summary>A daemon that runs on a node.</summary>
/// <param name="Name">The program's name: libvirtd, virtqemud, virtlockd.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Age">How long it has been running.</param>
/// <param name="Arguments">Its command line.</param>
public sealed record DaemonFact(string Name, int Pid, TimeSpan Age, IReadOnlyList<string> Arguments)
{
    /// <summary>Whether it puts itself into the background, so that running its command line again starts it again.</summary>
    [JsonIgnore]
    public bool Detaches => Arguments.Any(a => a is "-d" or "--daemon");
}

/// <summary>libvirt's daemons, read from /proc.</summary>
public sealed record DaemonsQuestion : NodeQuestion;

/// <summary>To <see cref="DaemonsQuestion"/>.</summary>
/// <param name="Daemons">Those that run.</param>
public sealed record DaemonsAnswer(IReadOnlyList<DaemonFact> Daemons) : NodeAnswer;

/// <summary>The guests that run under libvirt's QEMU driver, as /proc tells it without libvirt.</summary>
public sealed record RunningGuestsQuestion : NodeQuestion;

/// <summary>To <see cref="RunningGuestsQuestion"/>.</summary>
/// <param name="Processes">The QEMU process of each, by the domain's name.</param>
public sealed record RunningGuestsAnswer(IReadOnlyDictionary<string, ProcessFact> Processes) : NodeAnswer;

/// <summary>A process.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="StartTime">Clock ticks since boot: another process that gets the same id has another.</param>
public sealed record ProcessFact(int Pid, long StartTime);

/// <summary>A systemd unit as <c>systemctl show</c> reports it.</summary>
/// <param name="Load">LoadState: loaded, not-found, masked, …</param>
/// <param name="Active">ActiveState: active, inactive, failed, …</param>
/// <param name="File">UnitFileState: enabled, disabled, static, …; empty when there is no unit file.</param>
public sealed record UnitFact(string Load, string Active, string File)
{
    /// <summary>A unit that systemd does not know.</summary>
    public static readonly UnitFact None = new("not-found", "inactive", "");

    /// <summary>Whether systemd has it.</summary>
    [JsonIgnore]
    public bool Exists => Load is "loaded" or "masked";

    /// <summary>Whether it starts at boot.</summary>
    [JsonIgnore]
    public bool Enabled => File is "enabled" or "enabled-runtime" or "alias";

    /// <summary>Whether it runs or listens now.</summary>
    [JsonIgnore]
    public bool Running => Active is "active" or "activating" or "reloading";
}

/// <summary>The systemd units of libvirt and of the cluster.</summary>
public sealed record UnitsQuestion : NodeQuestion;

/// <summary>To <see cref="UnitsQuestion"/>.</summary>
/// <param name="Units">By name; empty where systemd does not run the node.</param>
/// <param name="PacemakerNeedsReload">Whether systemd has not yet read what is on disk for Pacemaker's unit.</param>
/// <param name="PacemakerAfter">The units after which systemd orders Pacemaker, whatever file says so.</param>
public sealed record UnitsAnswer(
    IReadOnlyDictionary<string, UnitFact> Units,
    bool PacemakerNeedsReload,
    IReadOnlyList<string> PacemakerAfter
) : NodeAnswer;

/// <summary>A domain that a node's libvirt knows.</summary>
public sealed record DomainFact
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Lower case with dashes.</summary>
    public required string Uuid { get; init; }

    /// <summary>It runs there, or is paused.</summary>
    public required bool Active { get; init; }

    /// <summary>libvirt starts it when the node boots.</summary>
    public required bool Autostart { get; init; }

    /// <summary>It is defined there, not only running.</summary>
    public required bool Persistent { get; init; }

    /// <summary>What it does.</summary>
    public required DomainState State { get; init; }

    /// <summary>Why it is paused; meaningful only when it is.</summary>
    public required PausedReason Paused { get; init; }

    /// <summary>The XML for its next start, with passwords.</summary>
    public required Fact<string> Xml { get; init; }

    /// <summary>The XML of what runs, without passwords; absent where nothing runs, and where <see cref="Xml"/> is of what runs, too: a
    /// domain that is not defined.</summary>
    public Fact<string> LiveXml { get; init; } = Fact.NotAsked<string>();
}

/// <summary>Every domain that the node's libvirt knows.</summary>
/// <param name="All">Whether the XML of every one is wanted.</param>
/// <param name="WithXml">Otherwise of these, by name.</param>
public sealed record DomainsQuestion(bool All, IReadOnlyList<string> WithXml) : NodeQuestion;

/// <summary>To <see cref="DomainsQuestion"/>.</summary>
/// <param name="Domains">All of them, running or not.</param>
public sealed record DomainsAnswer(IReadOnlyList<DomainFact> Domains) : NodeAnswer;

/// <summary>The CPU of a guest, and what else decides whether a hypervisor has it (virConnectCompareHypervisorCPU).</summary>
/// <param name="Xml">The cpu element.</param>
/// <param name="Type">The domain's type: kvm, qemu.</param>
/// <param name="Emulator">The emulator's path; null: libvirt's choice.</param>
/// <param name="Architecture">Null: libvirt's choice.</param>
/// <param name="Machine">Null: libvirt's choice.</param>
public sealed record GuestCpu(string Xml, string Type, string? Emulator = null, string? Architecture = null, string? Machine = null)
{
    /// <summary>The CPU of a guest; null where there is nothing to compare: a host-passthrough CPU is the node's own.</summary>
    public static GuestCpu? Of(DomainXml xml) =>
        xml.Cpu is null || xml.CpuMode == "host-passthrough"
            ? null
            : new GuestCpu(xml.Cpu, xml.Type, xml.Emulator, xml.Architecture, xml.Machine);
}

/// <summary>Whether the node's libvirt can run the guests' CPUs.</summary>
/// <param name="Guests">Their CPUs, by the guests' names.</param>
public sealed record CpusQuestion(IReadOnlyDictionary<string, GuestCpu> Guests) : NodeQuestion;

/// <summary>To <see cref="CpusQuestion"/>.</summary>
/// <param name="Guests">By the guests' names; not learned where libvirt has no opinion.</param>
public sealed record CpusAnswer(IReadOnlyDictionary<string, Fact<bool>> Guests) : NodeAnswer;

/// <summary>What virtlockd has locked there. The kernel tells it; the shared filesystem, which may hang, is not touched.</summary>
public sealed record LeasesQuestion : NodeQuestion;

/// <summary>To <see cref="LeasesQuestion"/>.</summary>
/// <param name="Files">Lease files, or disks that are locked directly.</param>
public sealed record LeasesAnswer(IReadOnlyList<string> Files) : NodeAnswer;

/// <summary>The last lines of the node's logs in which the agent tells of a migration, and no others: logs tell much.</summary>
public sealed record LogLinesQuestion : NodeQuestion;

/// <summary>To <see cref="LogLinesQuestion"/>.</summary>
/// <param name="Lines">At most 200, the newest last.</param>
public sealed record LogLinesAnswer(IReadOnlyList<string> Lines) : NodeAnswer;
