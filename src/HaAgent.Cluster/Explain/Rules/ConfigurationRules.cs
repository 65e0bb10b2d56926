using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>What an admin asked of the resource itself.</summary>
internal static class AdminsWill
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        foreach (string name in scope.Names)
        {
            string? role = name == scope.Id ? scope.Meta("target-role") : scope.Cib.Clone(name)?.MetaValue("target-role");
            if (string.Equals(role, "Stopped", StringComparison.OrdinalIgnoreCase))
                yield return Cause.Certain($"{name} is told to be stopped (target-role=Stopped)", $"crm resource start {name}");
        }

        if (ClusterBoolean.IsFalse(scope.Meta("is-managed")))
            yield return Left(scope, "is-managed=false", $"crm resource manage {scope.Id}");
        if (ClusterBoolean.IsTrue(scope.Meta("maintenance")))
            yield return Left(scope, "maintenance=true", $"crm resource maintenance {scope.Id} off");
    }

    private static Cause Left(ExplainScope scope, string how, Advice next) =>
        Cause.Certain($"{scope.Id} is left alone by the cluster ({how}): it is neither started nor stopped nor moved", next);
}

/// <summary>What keeps the cluster as a whole from acting.</summary>
internal static class ClusterAsAWhole
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        if (scope.Status.Controller is null)
            yield return Cause.Certain(
                "The cluster has no node that takes decisions (no DC) at the moment",
                $"wait some seconds; if it stays so, look at 'crm_mon -1' and the cluster's network on every node"
            );
        string policy = scope.Cib.Property("no-quorum-policy") ?? "stop";
        if (!scope.Status.HasQuorum && policy != "ignore")
            yield return Cause.Certain(
                $"This part of the cluster has no quorum, and no-quorum-policy is {policy}: {WithoutQuorum(policy)}",
                $"bring the missing nodes back (crm cluster start --all), or mend the cluster's network"
            );
        if (ClusterBoolean.IsTrue(scope.Cib.Property("maintenance-mode")))
            yield return Cause.Certain("The whole cluster is in maintenance: it leaves every resource as it is", $"crm maintenance off");
        if (ClusterBoolean.IsTrue(scope.Cib.Property("stop-all-resources")))
            yield return Cause.Certain(
                "stop-all-resources is set: the cluster keeps everything stopped",
                $"crm configure property stop-all-resources=false"
            );
        foreach (NodeStatus node in scope.Status.Nodes.Where(n => n.Unclean))
        {
            string fencing = FencingSetup.Of(scope.Cib) switch
            {
                { IsEnabled: false } => "fencing is switched off, so this never ends by itself",
                { IsThere: false } => "nothing is configured that fences it, so this never ends by itself",
                _ => "the cluster waits for its fencing",
            };
            string sentence = $"{node.Name} is UNCLEAN: nobody knows what runs there, and {fencing}";
            Advice next =
                $"see why it is not fenced (stonith_admin --history {node.Name}; crm_mon -1 --include=fencing); once {node.Name} is "
                + $"surely off: crm node clearstate {node.Name}";
            yield return scope.Runs && !scope.RunsOn.Contains(node.Name) ? Cause.Possible(sentence, next) : Cause.Certain(sentence, next);
        }
    }

    private static string WithoutQuorum(string policy) =>
        policy switch
        {
            "freeze" => "it starts nothing",
            "suicide" or "fence" => "its nodes are fenced",
            _ => "it stops everything and starts nothing",
        };
}

/// <summary>Nodes that take no resource at the moment.</summary>
internal static class NodesThatTakeNothing
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        bool none = !scope.Status.Nodes.Any(n => scope.Status.TakesResources(n.Name));
        foreach (NodeStatus node in scope.Status.Nodes.Where(n => !scope.Status.TakesResources(n.Name) && !n.Unclean))
        {
            (string why, Advice next) = node switch
            {
                { Online: false } => ("is offline", Advice.Of($"start it, and the cluster on it (crm cluster start {node.Name})")),
                { Pending: true } => ("is joining the cluster", Advice.Of($"wait until it has joined")),
                { Maintenance: true } => ("is in maintenance: what is there is left as it is", Advice.Of($"crm node ready {node.Name}")),
                _ => ("is in standby: it takes no resources", Advice.Of($"crm node online {node.Name}")),
            };
            string sentence = $"{node.Name} {why}";
            if (node.Maintenance && scope.RunsOn.Contains(node.Name))
                yield return Cause.Certain(sentence, next);
            else
                yield return none && !scope.Runs ? Cause.Certain(sentence, next) : Cause.Likely(sentence, next);
        }
    }
}

/// <summary>Constraints that put the guest on a node or keep it off.</summary>
internal static class LocationConstraints
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        Placement[] placements = [.. Placement.All(scope.Cib).Where(p => scope.Names.Contains(p.Resource))];
        string[] usable = [.. scope.Status.Nodes.Where(n => scope.Status.TakesResources(n.Name)).Select(n => n.Name)];
        bool banned = usable.Length > 0 && usable.All(node => placements.Any(p => p.IsBan && p.Node == node));
        foreach (Placement placement in placements)
        {
            Advice remove = placement.IsLeftByMove ? Clear(scope, placement) : $"crm configure delete {placement.Id}";
            if (placement.Node is null)
                yield return Cause.Possible(
                    $"The location constraint {placement.Id} has rules, which are not evaluated here",
                    $"crm configure show {placement.Id}"
                );
            else if (placement.IsBan)
                yield return Weigh(
                    scope,
                    banned,
                    placement,
                    $"It may not run on {placement.Node}: the location constraint {placement.Id} forbids it{Left(scope, placement)}",
                    remove
                );
            else if (placement.Score >= Score.Infinity)
                yield return Here(
                    scope,
                    placement,
                    $"It is told to run on {placement.Node} whenever it can: the location constraint {placement.Id} says "
                        + $"INFINITY{Left(scope, placement)}",
                    placement.IsLeftByMove ? remove : null
                );
            else
                yield return Here(
                    scope,
                    placement,
                    $"{(placement.Score < 0 ? "It avoids" : "It prefers")} {placement.Node}: the location constraint {placement.Id} says "
                        + $"{Score.Write(placement.Score)}",
                    null
                );
        }

        if (ClusterBoolean.IsFalse(scope.Cib.Property("symmetric-cluster")) && !placements.Any(p => p.Score > 0))
            yield return Cause.Certain(
                "The cluster is opt-in (symmetric-cluster=false), and no location constraint lets it run anywhere",
                $"crm configure location l-{scope.Id} {scope.Id} 100: NODE"
            );
    }

    private static Cause Weigh(ExplainScope scope, bool everywhere, Placement placement, string sentence, Advice remove) =>
        everywhere && !scope.Runs ? Cause.Certain(sentence, remove)
        : scope.RunsOn.Contains(placement.Node!) ? Cause.Possible(sentence, remove)
        : Cause.Likely(sentence, remove);

    private static Cause Here(ExplainScope scope, Placement placement, string sentence, Advice? remove) =>
        scope.RunsOn.Contains(placement.Node!) && placement.Score > 0 ? Cause.Certain(sentence, remove) : Cause.Possible(sentence, remove);

    // Without its constraint a migration under way would be taken back, and the source does not get the lock.
    private static Advice Clear(ExplainScope scope, Placement placement) =>
        scope.Moves
            ? Advice.Of($"once nothing is under way any more (crm_resource --wait): crm resource clear {placement.Resource}")
            : $"crm resource clear {placement.Resource}";

    private static string Left(ExplainScope scope, Placement placement) =>
        !placement.IsLeftByMove ? ""
        : scope.Moves ? ". 'crm resource move' or 'ban' made it"
        : ". It was left behind by 'crm resource move' or 'ban'";
}
