using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Facts;

/// <summary>What was seen of a cluster at one moment: facts only, no judgement.</summary>
/// <param name="Self">The node on which haagent runs.</param>
/// <param name="Cib">The configuration that a change would be based on.</param>
/// <param name="Status">What the cluster says of its nodes and resources.</param>
/// <param name="Nodes">One entry for each member node of the configuration, reached or not.</param>
public sealed record Snapshot(string Self, Cib Cib, ClusterStatus Status, IReadOnlyList<NodeFacts> Nodes)
{
    /// <summary>The nodes that answered.</summary>
    public IEnumerable<NodeFacts> Reached => Nodes.Where(node => node.Unreachable is null);

    /// <summary>The facts of one node.</summary>
    /// <exception cref="InvalidOperationException">There is no such node in the cluster.</exception>
    public NodeFacts Node(string name) => Nodes.FirstOrDefault(node => node.Name == name)
        ?? throw new InvalidOperationException($"the cluster has no node {name}");
}
