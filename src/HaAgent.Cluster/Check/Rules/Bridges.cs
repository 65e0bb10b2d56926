using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.2: a network bridge on each node, which is not the cluster's own network.</summary>
internal static class Bridges
{
    private const string Name = "bridge";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        NodeFacts[] nodes = [.. scope.Snapshot.Reached];
        Finding[] unknown =
        [
            .. nodes.Select(node => Finding.Unless(Name, "which networks there are", node, node.Links)).OfType<Finding>(),
            .. nodes.Select(node => Finding.Unless(Name, "the cluster's own network", node, node.RingAddresses)).OfType<Finding>(),
        ];
        foreach (Finding finding in unknown)
            yield return finding;
        if (nodes.Length == 0 || unknown.Length > 0)
            yield break;
        bool good = true;
        foreach (NodeFacts node in nodes.Where(n => !Names(n).Any()))
        {
            good = false;
            yield return new Finding(Name, Severity.Error, $"{node.Name} has no network bridge for the guests", $"make one on {node.Name}, of the same name on every node: nmcli con add type bridge ifname br0 (or YaST, or ip link add br0 type bridge)");
        }

        string[] common = [.. nodes.Select(Names).Aggregate((all, next) => all.Intersect(next))];
        if (good && common.Length == 0)
        {
            yield return new Finding(Name, Severity.Error, $"no bridge has the same name on every node ({string.Join("; ", nodes.Select(n => $"{n.Name}: {string.Join(", ", Names(n))}"))}): a guest finds its network on one node only",
                "give the bridges the same name on every node");
            yield break;
        }

        string[] apart = [.. common.Where(bridge => !nodes.Any(node => CarriesRing(node, bridge)))];
        if (good && apart.Length == 0)
        {
            yield return new Finding(Name, Severity.Warning, $"{string.Join(", ", common)} carries the cluster's own network: a busy guest can make the nodes lose each other",
                "give the guests a bridge on another network");
        }
        else if (good)
        {
            yield return new Finding(Name, Severity.Ok, $"{string.Join(", ", apart)} on every node, apart from the cluster's network", null);
        }
    }

    // libvirt's own NAT network differs from node to node in all but its name.
    private static IEnumerable<string> Names(NodeFacts node) =>
        (node.Links.Value ?? []).Where(link => link.Bridge && !link.Name.StartsWith("virbr", StringComparison.Ordinal)).Select(link => link.Name);

    private static bool CarriesRing(NodeFacts node, string bridge) =>
        (node.Links.Value ?? []).Where(link => link.Name == bridge || link.Master == bridge).SelectMany(link => link.Addresses).Intersect(node.RingAddresses.Value ?? []).Any();
}
