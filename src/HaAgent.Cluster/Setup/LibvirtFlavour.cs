using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Setup;

/// <summary>
/// How a node runs libvirt: one daemon for everything (libvirtd), or one for each driver (virtqemud and others, the default from SLE 15 SP6 on).
/// </summary>
/// <param name="Daemon">The daemon that runs the guests.</param>
/// <param name="Boot">The units that must start at boot.</param>
/// <param name="Ordering">The units that must outlive Pacemaker at shutdown.</param>
public sealed record LibvirtFlavour(string Daemon, IReadOnlyList<string> Boot, IReadOnlyList<string> Ordering)
{
    private static readonly string[] Locking = ["virtlockd.socket", "virtlockd.service", "virtlogd.socket", "virtlogd.service"];

    /// <summary>One daemon for everything.</summary>
    public static readonly LibvirtFlavour Monolithic = new("libvirtd",
        ["virtlockd.socket", "virtlogd.socket", "libvirtd.service"],
        ["libvirtd.service", "libvirtd.socket", .. Locking]);

    /// <summary>One daemon for each driver, started through its socket.</summary>
    public static readonly LibvirtFlavour Modular = new("virtqemud",
        ["virtlockd.socket", "virtlogd.socket", "virtqemud.socket", "virtproxyd.socket"],
        ["virtqemud.service", "virtqemud.socket", "virtproxyd.service", "virtproxyd.socket", .. Locking]);

    /// <summary>The flavour in use on a node: what runs or is enabled counts before what is merely installed. Null without libvirt.</summary>
    public static LibvirtFlavour? Of(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (InUse(node, Monolithic))
            return Monolithic;
        if (InUse(node, Modular) || node.Has(Modular.Daemon))
            return Modular;
        return node.Has(Monolithic.Daemon) ? Monolithic : null;
    }

    private static bool InUse(NodeFacts node, LibvirtFlavour flavour) =>
        node.Daemon(flavour.Daemon) is not null
        || node.Unit(flavour.Daemon + ".service").Enabled || node.Unit(flavour.Daemon + ".socket").Enabled;
}
