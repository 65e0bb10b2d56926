namespace HaAgent.Cluster.History;

/// <summary>How often an operation of a resource has failed on a node since it was last cleaned up.</summary>
/// <param name="Node">The node.</param>
/// <param name="Resource">The resource.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Count">The count; <see cref="Configuration.Score.Infinity"/> for INFINITY, which bans the resource from the node.</param>
public sealed record FailCount(string Node, string Resource, string Operation, long Count);
