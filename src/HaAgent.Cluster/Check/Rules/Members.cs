using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.2: a running cluster with at least two nodes. Quorum too.</summary>
internal static class Members
{
    private const string Name = "nodes";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Snapshot snapshot = scope.Snapshot;
        bool good = true;
        if (snapshot.Nodes.Count < 2)
        {
            good = false;
            yield return new Finding(Name, Severity.Error, $"the cluster has {snapshot.Nodes.Count} node: high availability needs at least two", "crm cluster join, on another machine");
        }

        foreach (NodeFacts node in snapshot.Nodes.Where(n => n.Unreachable is not null))
        {
            good = false;
            yield return new Finding(Name, Severity.Error, $"{node.Name} could not be asked: {node.Unreachable}", $"ssh {node.Name} haagent --version");
        }

        foreach (NodeStatus node in snapshot.Status.Nodes)
        {
            if (node.Unclean)
                yield return new Finding(Name, Severity.Error, $"{node.Name} is unclean: it waits to be fenced, and its guests wait with it", $"crm_mon -1; if the node is certainly dead: stonith_admin --confirm {node.Name}");
            else if (!node.Online)
                yield return new Finding(Name, Severity.Error, $"{node.Name} is not online in the cluster", $"crm cluster start, on {node.Name}");
            else if (node.Standby || node.Maintenance)
                yield return new Finding(Name, Severity.Warning, $"{node.Name} takes no resources ({(node.Standby ? "standby" : "maintenance")})", node.Standby ? $"crm node online {node.Name}" : $"crm node ready {node.Name}");
            good &= node is { Online: true, Unclean: false, Standby: false, Maintenance: false };
        }

        if (!snapshot.Status.HasQuorum)
            yield return new Finding(Name, Severity.Error, "the cluster has no quorum and starts nothing", "corosync-quorumtool -s");
        else if (good)
            yield return new Finding(Name, Severity.Ok, $"{string.Join(", ", snapshot.Nodes.Select(n => n.Name))} are online, with quorum", null);
    }
}
