using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>
/// On a systemd host, Pacemaker starts after and therefore stops before libvirt and virtlockd. Without it a shutdown tears libvirt away while
/// the cluster still wants to move the guests.
/// </summary>
public static class PacemakerOrdering
{
    /// <summary>Writes the drop-in where it is missing or says something else.</summary>
    public static Plan Plan(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        return Planning.Plan.All(snapshot.Reached.Select(node => Planning.Plan.From(node.Systemd, "whether systemd runs the node", node.Name, systemd => systemd ? Plan(intent, node) : new Plan())));
    }

    private static Plan Plan(SetupIntent intent, NodeFacts node) => Planning.Plan.From(LibvirtFlavour.Of(node), LibvirtFlavour.What, node.Name, flavour =>
        Planning.Plan.From(node.PacemakerNeedsReload, "what systemd knows of Pacemaker", node.Name, reload => Planning.Plan.From(
            node.File(LibvirtPaths.DropIn), $"what {LibvirtPaths.DropIn} says", node.Name,
            file => Plan(intent, node, flavour, file.Text, reload), () => Plan(intent, node, flavour, null, reload))));

    private static Plan Plan(SetupIntent intent, NodeFacts node, LibvirtFlavour flavour, string? before, bool reload)
    {
        string after = Text(intent, flavour);
        if (before == after && !reload)
            return new Plan();
        return Planning.Plan.Of(new Change.WriteFile(node.Name, $"order Pacemaker after {flavour.Daemon} and virtlockd on {node.Name} ({LibvirtPaths.DropIn})",
            LibvirtPaths.DropIn, before, after, KeepBackup: false) { ReloadSystemd = true });
    }

    private static string Text(SetupIntent intent, LibvirtFlavour flavour)
    {
        // A mount of the admin's own comes before the cluster that binds it. libvirt-guests finds no cluster guest left when Pacemaker stops first.
        string[] units = [.. flavour.Ordering, "libvirt-guests.service", .. intent.Storage is Storage.ExistingMount ? ["remote-fs.target"] : Array.Empty<string>()];
        return $"""
            # Written by 'haagent setup'; 'haagent teardown' takes it away.
            # Pacemaker starts after, and so stops before, what its guests need: a shutdown then moves them instead of losing libvirt under them.
            [Unit]
            After={string.Join(' ', units)}

            """;
    }
}
