using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Simulating;
using HaAgent.Cluster.Status;

namespace HaAgent.Cluster.Evacuate;

/// <summary>What keeps a guest off a node.</summary>
public static class NodeObstacle
{
    /// <summary>In one clause.</summary>
    public static string Of(string guest, string node, Cib cib, ClusterStatus status, ClusterHistory history, SimulatedRun run) =>
        Find(guest, node, cib, status, history, run) ?? $"the scheduler does not put it on {node} (crm_simulate --live-check --show-scores tells the scores)";

    /// <summary>In one clause; null when nothing is known that does.</summary>
    /// <param name="guest">The guest's name in the cluster.</param>
    /// <param name="node">The node.</param>
    /// <param name="cib">The configuration.</param>
    /// <param name="status">What is.</param>
    /// <param name="history">What was.</param>
    /// <param name="run">What will be: another guest may take the place first.</param>
    public static string? Find(string guest, string node, Cib cib, ClusterStatus status, ClusterHistory history, SimulatedRun run)
    {
        ArgumentNullException.ThrowIfNull(cib);
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(run);
        if (!status.TakesResources(node))
            return $"{node} is {State(node, status)}";
        if (Placement.All(cib).FirstOrDefault(p => p.Resource == guest && p.Node == node && p.IsBan) is { } ban)
            return $"{node} is forbidden by {ban.Id}";
        if (history.FailCounts.Where(f => f.Resource == guest && f.Node == node).Sum(f => f.Count) >= Threshold(guest, cib))
            return $"it has failed too often on {node} (crm resource cleanup {guest} {node})";
        if (LockClone.All(cib, guest).FirstOrDefault(c => c.MissingOn(node, status).Count > 0) is { } clone)
            return $"{clone.Name} does not run on {node}";
        foreach (Constraint apart in cib.Constraints.Where(c => c.Kind == ConstraintKind.Colocation && Score.Parse(c.Strength) <= -Score.Infinity && c.Resources.Contains(guest)))
        {
            if (apart.Resources.FirstOrDefault(other => other != guest && run.PlacesAfter(other, status).Contains(node)) is { } rival)
                return $"{apart.Id} keeps it away from {rival}, which {(status.Anywhere(rival).Contains(node) ? "is on" : "goes to")} {node}";
        }

        return null;
    }

    private static string State(string node, ClusterStatus status) => StatusReport.StateOf(node, status) switch
    {
        "standby" or "maintenance" => $"in {StatusReport.StateOf(node, status)}",
        var state => state,
    };

    private static long Threshold(string guest, Cib cib) =>
        Score.Parse(cib.Primitive(guest)?.MetaValue("migration-threshold") ?? cib.ResourceDefault("migration-threshold") ?? "INFINITY") is > 0 and var threshold ? threshold : Score.Infinity;
}
