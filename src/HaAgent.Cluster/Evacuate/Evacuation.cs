using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Simulating;
using HaAgent.Cluster.Status;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Evacuate;

/// <summary>A guest of the node, and what becomes of it.</summary>
/// <param name="Guest">Its name in the cluster.</param>
/// <param name="Outcome">What becomes of it.</param>
public sealed record GuestEvacuation(string Guest, EvacuationOutcome Outcome)
{
    /// <summary>Whether it is off the node; one that the cluster moves has to have arrived, whatever was foretold.</summary>
    /// <param name="node">The node that it was on.</param>
    /// <param name="status">What is.</param>
    public bool HasLeft(string node, ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return !status.Anywhere(Guest).Contains(node) && (Outcome.Target is null || status.Where(Guest).Any(n => n != node));
    }
}

/// <summary>What putting a node into standby does to its guests, by the word of the cluster's own scheduler.</summary>
/// <param name="Node">The node.</param>
/// <param name="Guests">Its guests, in the order of the configuration.</param>
public sealed record Evacuation(string Node, IReadOnlyList<GuestEvacuation> Guests)
{
    /// <summary>What else the scheduler would do in the whole cluster, in sentences.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>What could not be learned, as sentences without their full stops.</summary>
    public IReadOnlyList<string> NotLearned { get; init; } = [];

    /// <summary>Guests that would not run on.</summary>
    public IEnumerable<GuestEvacuation> Stuck => Guests.Where(g => g.Outcome is EvacuationOutcome.Stuck);

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
        return new Evacuation(
            node,
            [
                .. cib
                    .Primitives.Where(p => p.Agent.IsVirtualMachine && status.Anywhere(p.Id).Contains(node))
                    .Select(guest => new GuestEvacuation(guest.Id, OutcomeOf(guest, node, cib, status, history, run))),
            ]
        )
        {
            Others = [.. run.Actions.Where(action => !IsGuestOf(node, action.Resource, cib, status)).Select(SimulatedActions.Sentence)],
        };
    }

    /// <summary>The same, with what the scheduler does not know: whether the nodes to which the guests go can take them now.</summary>
    /// <param name="cib">The configuration.</param>
    /// <param name="nodes">The nodes' facts.</param>
    public Evacuation On(Cib cib, IReadOnlyList<NodeFacts> nodes)
    {
        ArgumentNullException.ThrowIfNull(cib);
        ArgumentNullException.ThrowIfNull(nodes);
        var unknown = new List<string>(NotLearned);
        GuestEvacuation[] guests = [.. Guests.Select(guest => guest with { Outcome = Seen(guest) })];
        return this with { Guests = guests, NotLearned = [.. unknown.Distinct()] };

        EvacuationOutcome Seen(GuestEvacuation guest)
        {
            if (guest.Outcome.Target is not { } to || nodes.FirstOrDefault(n => n.Name == to) is not { } target)
                return guest.Outcome;
            Need?[] needs =
            [
                .. MoveTarget.ForStart(target),
                guest.Outcome is EvacuationOutcome.Migrates && target.Unreachable is null && cib.Primitive(guest.Guest) is { } resource
                    ? MoveTarget.Transport(resource, target)
                    : null,
            ];
            unknown.AddRange(
                needs
                    .OfType<Need>()
                    .Where(need => need.IsNotLearned)
                    .Select(need => $"whether {to} can take {guest.Guest} now: {need.Sentence}")
            );
            string[] missing = [.. needs.OfType<Need>().Where(need => !need.IsNotLearned).Select(need => $"{need.Sentence} ({need.Mend})")];
            return missing.Length == 0
                ? guest.Outcome
                : new EvacuationOutcome.Stuck(
                    $"the cluster would move it to {to}, which cannot take it now: {string.Join("; ", missing)}",
                    to
                );
        }
    }

    private static bool IsGuestOf(string node, string resource, Cib cib, ClusterStatus status) =>
        cib.Primitive(resource) is { Agent.IsVirtualMachine: true } && status.Anywhere(resource).Contains(node);

    private static EvacuationOutcome OutcomeOf(
        Primitive guest,
        string node,
        Cib cib,
        ClusterStatus status,
        ClusterHistory history,
        SimulatedRun run
    )
    {
        SimulatedAction? action = run.For(guest.Id);
        return action switch
        {
            { Blocked: true } => new EvacuationOutcome.Stuck(
                $"the scheduler may not {action.Kind} it ({action.Reason ?? "no reason given"})"
            ),
            { Kind: "migrate", To: { } to } when to != node => new EvacuationOutcome.Migrates(to),
            { Kind: "move" or "recover", To: { } to } when to != node => new EvacuationOutcome.Restarts(to, WhyNotLive(guest, cib, status)),
            { Kind: "stop" } => new EvacuationOutcome.Stuck(
                string.Join(
                    "; ",
                    cib.Nodes.Where(other => other != node)
                        .Select(other => NodeObstacle.Of(guest.Id, other, cib, status, history, run))
                        .DefaultIfEmpty("there is no other node")
                )
            ),
            _ => new EvacuationOutcome.Stuck(WhyLeft(guest, node, cib, status)),
        };
    }

    private static string WhyNotLive(Primitive guest, Cib cib, ClusterStatus status)
    {
        if (!ClusterBoolean.IsTrue(guest.MetaValue("allow-migrate")))
            return "allow-migrate is not true for it";
        if (status.Resources.Any(r => r.Id == guest.Id && r is { Failed: true } or { Pending: true }))
            return "it has failed, or an operation on it is under way";
        return cib.Clones.Any(c =>
            !ClusterBoolean.IsTrue(c.MetaValue("interleave"))
            && cib.Constraints.Any(k => k.Resources.Contains(guest.Id) && k.Resources.Contains(c.Id))
        )
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

/// <summary>What becomes of a guest when its node is evacuated: a closed choice.</summary>
public abstract record EvacuationOutcome
{
    private EvacuationOutcome() { }

    /// <summary>It moves live.</summary>
    /// <param name="To">Where it goes.</param>
    public sealed record Migrates(string To) : EvacuationOutcome;

    /// <summary>It is shut down and started elsewhere.</summary>
    /// <param name="To">Where it goes.</param>
    /// <param name="Because">Why it does not move live, as a clause.</param>
    public sealed record Restarts(string To, string Because) : EvacuationOutcome;

    /// <summary>No other node takes it: it would be stopped, stay behind, or not arrive.</summary>
    /// <param name="Because">Why, as clauses.</param>
    /// <param name="To">Where the cluster would move it all the same; null: nowhere.</param>
    public sealed record Stuck(string Because, string? To = null) : EvacuationOutcome;

    /// <summary>Where it goes; null: nowhere.</summary>
    public string? Target =>
        this switch
        {
            Migrates migrates => migrates.To,
            Restarts restarts => restarts.To,
            Stuck stuck => stuck.To,
            _ => null,
        };

    /// <summary>In words.</summary>
    public string Words =>
        this switch
        {
            Migrates migrates => $"will migrate to {migrates.To}",
            Restarts restarts => $"will restart on {restarts.To}, because {restarts.Because}",
            Stuck { To: not null } stuck => $"may not arrive, because {stuck.Because}",
            Stuck stuck => $"stuck, because {stuck.Because}",
            _ => throw new InvalidOperationException(),
        };
}

/// <summary>What keeps a guest off a node.</summary>
public static class NodeObstacle
{
    /// <summary>In one clause.</summary>
    public static string Of(string guest, string node, Cib cib, ClusterStatus status, ClusterHistory history, SimulatedRun run) =>
        Find(guest, node, cib, status, history, run)
        ?? $"the scheduler does not put it on {node} (crm_simulate --live-check --show-scores tells the scores)";

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
            return $"it has failed too often on {node} ({Advice.Of($"crm resource cleanup {guest} {node}")})";
        if (LockClone.All(cib, guest).FirstOrDefault(c => c.MissingOn(node, status).Count > 0) is { } clone)
            return $"{clone.Name} does not run on {node}";
        foreach (
            Constraint apart in cib.Constraints.Where(c =>
                c.Kind == ConstraintKind.Colocation && Score.Parse(c.Strength) <= -Score.Infinity && c.Resources.Contains(guest)
            )
        )
        {
            if (apart.Resources.FirstOrDefault(other => other != guest && run.PlacesAfter(other, status).Contains(node)) is { } rival)
                return $"{apart.Id} keeps it away from {rival}, which {(status.Anywhere(rival).Contains(node) ? "is on" : "goes to")} "
                    + $"{node}";
        }

        return null;
    }

    private static string State(string node, ClusterStatus status) =>
        StatusReport.StateOf(node, status) switch
        {
            "standby" or "maintenance" => $"in {StatusReport.StateOf(node, status)}",
            var state => state,
        };

    private static long Threshold(string guest, Cib cib) =>
        Score.Parse(cib.Primitive(guest)?.MetaValue("migration-threshold") ?? cib.ResourceDefault("migration-threshold") ?? "INFINITY")
            is > 0
                and var threshold
            ? threshold
            : Score.Infinity;
}
