using System.Text.Json.Serialization;

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

/// <summary>The guests that run under libvirt's QEMU driver, as the run-time directory and /proc tell it without libvirt.</summary>
public sealed record RunningGuestsQuestion : NodeQuestion;

/// <summary>To <see cref="RunningGuestsQuestion"/>.</summary>
/// <param name="Processes">The QEMU process of each, by the domain's name.</param>
public sealed record RunningGuestsAnswer(IReadOnlyDictionary<string, int> Processes) : NodeAnswer;

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
public sealed record UnitsAnswer(IReadOnlyDictionary<string, UnitFact> Units, bool PacemakerNeedsReload) : NodeAnswer;
