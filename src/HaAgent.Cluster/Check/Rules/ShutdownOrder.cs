using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>At shutdown Pacemaker moves the guests before libvirt goes, and libvirt-guests keeps its hands off them.</summary>
internal static class ShutdownOrder
{
    private const string Name = "shutdown order";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        bool good = true;
        foreach (NodeFacts node in scope.Snapshot.Reached.Where(n => n.Systemd is not { State: FactState.Known, Value: false } && LibvirtFlavour.Of(n).State != FactState.Absent))
        {
            Fact<LibvirtFlavour> flavour = LibvirtFlavour.Of(node);
            Finding? unknown = Finding.Unless(Name, "whether systemd runs the node", node, node.Systemd)
                ?? Finding.Unless(Name, LibvirtFlavour.What, node, flavour);
            if (unknown is not null)
            {
                good = false;
                yield return unknown;
                continue;
            }

            string[] before = [.. ShutdownOrdering.Files.Select(file => node.File(file).Value?.Text).OfType<string>().SelectMany(ShutdownOrdering.After)];
            string daemon = flavour.Value!.Daemon + ".service";
            if (!before.Contains(daemon) || !before.Contains("virtlockd.service"))
            {
                good = false;

                // What one file says is enough; that none says it is known only when each was read.
                yield return ShutdownOrdering.Files.Select(file => Finding.Unless(Name, $"what {file} says", node, node.File(file))).FirstOrDefault(finding => finding is not null)
                    ?? new Finding(Name, Severity.Error, $"on {node.Name} Pacemaker is not ordered after {daemon} and virtlockd: a shutdown may take libvirt away before the guests have moved", Mending.Setup(scope));
            }

            if (node.Unit("libvirt-guests.service") is { Value.Enabled: true } && !before.Contains("libvirt-guests.service"))
            {
                good = false;
                yield return new Finding(Name, Severity.Error, $"libvirt-guests on {node.Name} would shut the cluster's guests down itself", $"{Mending.Setup(scope)} (it orders Pacemaker first); or systemctl disable libvirt-guests");
            }
        }

        if (!good)
            yield break;
        yield return scope.Snapshot.Reached.Any(n => n.Systemd is { Value: true })
            ? new Finding(Name, Severity.Ok, "Pacemaker stops before libvirt and virtlockd", null)
            : new Finding(Name, Severity.Warning, "the nodes have no systemd, so nobody here knows whether Pacemaker stops before libvirt and virtlockd", "see to that order in the nodes' own start and stop scripts");
    }
}
