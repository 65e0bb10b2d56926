using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Setup;

/// <summary>
/// How a node runs libvirt: one daemon for everything (libvirtd), or one for each driver (virtqemud and others, the default from SLE 15 SP6
/// on).
/// </summary>
/// <param name="Daemon">The daemon that runs the guests.</param>
/// <param name="Boot">The units that must start at boot.</param>
/// <param name="Ordering">The units that must outlive Pacemaker at shutdown.</param>
public sealed record LibvirtFlavour(string Daemon, IReadOnlyList<string> Boot, IReadOnlyList<string> Ordering)
{
    private static readonly string[] Locking = ["virtlockd.socket", "virtlockd.service", "virtlogd.socket", "virtlogd.service"];

    /// <summary>One daemon for everything.</summary>
    public static readonly LibvirtFlavour Monolithic = new(
        "libvirtd",
        ["virtlockd.socket", "virtlogd.socket", "libvirtd.service"],
        ["libvirtd.service", "libvirtd.socket", .. Locking]
    );

    /// <summary>One daemon for each driver, started through its socket.</summary>
    public static readonly LibvirtFlavour Modular = new(
        "virtqemud",
        ["virtlockd.socket", "virtlogd.socket", "virtqemud.socket", "virtproxyd.socket"],
        ["virtqemud.service", "virtqemud.socket", "virtproxyd.service", "virtproxyd.socket", .. Locking]
    );

    private static readonly LibvirtFlavour[] Both = [Monolithic, Modular];

    /// <summary>What a node's flavour is called where it could not be learned.</summary>
    public const string What = "how libvirt runs";

    /// <summary>
    /// The flavour in use on a node: what runs there counts, then what listens, what is enabled, and what is merely installed. Absent
    /// without libvirt. A daemon that runs may have guests, and its unit conflicts with the other flavour's: to start that one would end
    /// it.
    /// </summary>
    public static Fact<LibvirtFlavour> Of(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Daemons.Then(daemons =>
            node.Units.Then(units =>
                node.Programs.Then(programs =>
                {
                    Func<LibvirtFlavour, bool>[] signs =
                    [
                        flavour => daemons.Any(daemon => daemon.Name == flavour.Daemon),
                        flavour => flavour.Starting.Any(unit => units.GetValueOrDefault(unit) is { Running: true }),
                        flavour => flavour.IsEnabled(node),
                    ];
                    LibvirtFlavour? used = signs
                        .Select(sign => Array.Find(Both, flavour => sign(flavour)))
                        .FirstOrDefault(f => f is not null);

                    // Where nothing of either is in use, the one that distributions now prefer.
                    used ??= new[] { Modular, Monolithic }.FirstOrDefault(flavour => programs.Contains(flavour.Daemon));
                    return used is null ? Fact.Absent<LibvirtFlavour>() : Fact.Known(used);
                })
            )
        );
    }

    /// <summary>The other one.</summary>
    public LibvirtFlavour Other => this == Modular ? Monolithic : Modular;

    /// <summary>The units that start its daemon: the service itself, or its socket.</summary>
    public IReadOnlyList<string> Starting => [Daemon + ".service", Daemon + ".socket"];

    /// <summary>Whether its daemon starts at boot, itself or by its socket.</summary>
    public bool IsEnabled(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Starting.Any(unit => node.Unit(unit) is { Value.Enabled: true });
    }
}

/// <summary>The files that setup writes on each node.</summary>
public static class LibvirtPaths
{
    /// <summary>libvirt's QEMU driver.</summary>
    public const string Qemu = "/etc/libvirt/qemu.conf";

    /// <summary>Its lock manager plug-in.</summary>
    public const string QemuLockd = "/etc/libvirt/qemu-lockd.conf";

    /// <summary>Orders Pacemaker behind the daemons its guests need.</summary>
    public const string DropIn = Core.Locking.ShutdownOrdering.OfSetup;

    /// <summary>What is appended to a file's name for the copy of what it was before haagent.</summary>
    public const string BackupSuffix = NodeFiles.CopySuffix;
}
