using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>The guide's requirements without which nothing may be changed: every node there, quorum, fencing.</summary>
public static class ClusterReady
{
    /// <summary>Refuses while the cluster is not whole.</summary>
    public static Plan Plan(SetupIntent intent, Snapshot snapshot) => Plan(snapshot);

    /// <summary>Refuses while the cluster is not whole.</summary>
    public static Plan Plan(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var refusals = new List<Refusal>();
        if (snapshot.Nodes.Count < 2)
        {
            refusals.Add(new Refusal($"the cluster has {snapshot.Nodes.Count} node, and high availability needs at least two",
                "add a node to the cluster (crm cluster join), then run this again"));
        }

        refusals.AddRange(snapshot.Nodes.Where(node => node.Unreachable is not null).Select(node => new Refusal(
            $"node {node.Name} could not be asked: {node.Unreachable}",
            $"make 'ssh {node.Name} haagent --version' work without a password; if the node is gone for good, take it out of the cluster: crm cluster remove {node.Name}")));
        refusals.AddRange(snapshot.Status.Nodes.Where(node => !node.Online).Select(node => new Refusal(
            $"node {node.Name} is not online in the cluster, so it cannot be set up like the others",
            $"start the cluster there (crm cluster start), or take the node out: crm cluster remove {node.Name}")));
        if (!snapshot.Status.HasQuorum)
            refusals.Add(new Refusal("the cluster has no quorum, so it starts nothing", "bring the missing nodes back (corosync-quorumtool -s shows them)"));
        if (!HasFencing(snapshot.Cib))
        {
            refusals.Add(new Refusal("the cluster has no working fencing (no stonith resource, or stonith-enabled=false): after a node's failure nobody could prove that its guests are dead",
                "set up fencing first, for instance SBD: crm cluster init sbd; then crm configure property stonith-enabled=true"));
        }

        return new Plan { Refusals = refusals };
    }

    /// <summary>Whether fencing is enabled and there is something that fences.</summary>
    public static bool HasFencing(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        bool enabled = ClusterBoolean.IsTrueOrUnset(cib.Property("stonith-enabled"));
        bool watchdogOnly = cib.Property("stonith-watchdog-timeout") is { } timeout && ClusterTime.Parse(timeout) is null or { Ticks: > 0 };
        return enabled && (watchdogOnly || cib.Primitives.Any(p => p.Agent.Class == "stonith"));
    }
}
