using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Simulating;

namespace HaAgent.Cluster.Evacuate;

/// <summary>A guest of the node, and what becomes of it.</summary>
/// <param name="Guest">Its name in the cluster.</param>
/// <param name="Fate">What becomes of it.</param>
public sealed record GuestFate(string Guest, Fate Fate);

/// <summary>What putting a node into standby does to its guests, by the word of the cluster's own scheduler.</summary>
/// <param name="Node">The node.</param>
/// <param name="Guests">Its guests, in the order of the configuration.</param>
public sealed record Evacuation(string Node, IReadOnlyList<GuestFate> Guests)
{
    /// <summary>What else the scheduler would do in the whole cluster, in sentences.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Guests that would not run on.</summary>
    public IEnumerable<GuestFate> Stuck => Guests.Where(g => g.Fate is Fate.Stuck);

    /// <summary>The configuration with the node in standby.</summary>
    public static Cib WithStandby(Cib cib, string node)
    {
        ArgumentNullException.ThrowIfNull(cib);
        return cib.Edit().SetNodeAttribute(node, "standby", "on").Finish();
    }

    /// <summary>Reads the scheduler's answer for the configuration with the node in standby.</summary>
    public static Evacuation Of(string node, Cib cib, ClusterStatus status, SimulatedRun run)
    {
        ArgumentNullException.ThrowIfNull(cib);
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(run);
        ClusterHistory history = ClusterHistory.Of(cib);
        return new Evacuation(node,
        [
            .. cib.Primitives.Where(p => p.Agent.IsVirtualMachine && status.Anywhere(p.Id).Contains(node))
                .Select(guest => new GuestFate(guest.Id, FateOf(guest, node, cib, status, history, run))),
        ])
        {
            Others = [.. run.Actions.Where(action => !IsGuestOf(node, action.Resource, cib, status)).Select(SimulatedActions.Sentence)],
        };
    }

    private static bool IsGuestOf(string node, string resource, Cib cib, ClusterStatus status) =>
        cib.Primitive(resource) is { Agent.IsVirtualMachine: true } && status.Anywhere(resource).Contains(node);

    private static Fate FateOf(Primitive guest, string node, Cib cib, ClusterStatus status, ClusterHistory history, SimulatedRun run)
    {
        SimulatedAction? action = run.For(guest.Id);
        return action switch
        {
            { Blocked: true } => new Fate.Stuck($"the scheduler may not {action.Kind} it ({action.Reason ?? "no reason given"})"),
            { Kind: "migrate", To: { } to } when to != node => new Fate.Migrates(to),
            { Kind: "move" or "recover", To: { } to } when to != node => new Fate.Restarts(to, WhyNotLive(guest, cib, status)),
            { Kind: "stop" } => new Fate.Stuck(string.Join("; ", cib.Nodes.Where(other => other != node)
                .Select(other => NodeObstacle.Of(guest.Id, other, cib, status, history, run)).DefaultIfEmpty("there is no other node"))),
            _ => new Fate.Stuck(WhyLeft(guest, node, cib, status)),
        };
    }

    private static string WhyNotLive(Primitive guest, Cib cib, ClusterStatus status)
    {
        if (!ClusterBoolean.IsTrue(guest.MetaValue("allow-migrate")))
            return "allow-migrate is not true for it";
        if (status.Resources.Any(r => r.Id == guest.Id && r is { Failed: true } or { Pending: true }))
            return "it has failed, or an operation on it is under way";
        return cib.Clones.Any(c => !ClusterBoolean.IsTrue(c.MetaValue("interleave")) && cib.Constraints.Any(k => k.Resources.Contains(guest.Id) && k.Resources.Contains(c.Id)))
            ? "the clone that it waits for has no interleave=true"
            : "the scheduler does not migrate it as things stand, as when something that it waits for moves too";
    }

    private static string WhyLeft(Primitive guest, string node, Cib cib, ClusterStatus status)
    {
        if (ClusterBoolean.IsTrue(cib.Property("maintenance-mode")))
            return "the whole cluster is in maintenance";
        if (status.Nodes.Any(n => n.Name == node && n.Maintenance))
            return $"{node} is in maintenance: the cluster leaves everything there as it is";
        return status.Resources.Any(r => r.Id == guest.Id && !r.Managed)
            ? "the cluster does not manage it, and leaves it there"
            : "the scheduler leaves it where it is";
    }
}
