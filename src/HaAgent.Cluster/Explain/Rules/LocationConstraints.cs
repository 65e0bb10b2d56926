using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Explain.Rules;

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
            string remove = placement.IsLeftByMove ? Clear(scope, placement) : $"crm configure delete {placement.Id}";
            if (placement.Node is null)
                yield return Cause.Possible($"The location constraint {placement.Id} has rules, which are not evaluated here", $"crm configure show {placement.Id}");
            else if (placement.IsBan)
                yield return Weigh(scope, banned, placement, $"It may not run on {placement.Node}: the location constraint {placement.Id} forbids it{Left(scope, placement)}", remove);
            else if (placement.Score >= Score.Infinity)
                yield return Here(scope, placement, $"It is told to run on {placement.Node} whenever it can: the location constraint {placement.Id} says INFINITY{Left(scope, placement)}", placement.IsLeftByMove ? remove : null);
            else
                yield return Here(scope, placement, $"{(placement.Score < 0 ? "It avoids" : "It prefers")} {placement.Node}: the location constraint {placement.Id} says {Score.Write(placement.Score)}", null);
        }

        if (ClusterBoolean.IsFalse(scope.Cib.Property("symmetric-cluster")) && !placements.Any(p => p.Score > 0))
            yield return Cause.Certain("The cluster is opt-in (symmetric-cluster=false), and no location constraint lets it run anywhere", $"crm configure location l-{scope.Id} {scope.Id} 100: NODE");
    }

    private static Cause Weigh(ExplainScope scope, bool everywhere, Placement placement, string sentence, string remove) =>
        everywhere && !scope.Runs ? Cause.Certain(sentence, remove)
        : scope.RunsOn.Contains(placement.Node!) ? Cause.Possible(sentence, remove)
        : Cause.Likely(sentence, remove);

    private static Cause Here(ExplainScope scope, Placement placement, string sentence, string? remove) =>
        scope.RunsOn.Contains(placement.Node!) && placement.Score > 0 ? Cause.Certain(sentence, remove) : Cause.Possible(sentence, remove);

    // Without its constraint a migration under way would be taken back, and the source does not get the lock.
    private static string Clear(ExplainScope scope, Placement placement) => $"{(scope.Moves ? "once nothing is under way any more (crm_resource --wait): " : "")}crm resource clear {placement.Resource}";

    private static string Left(ExplainScope scope, Placement placement) =>
        !placement.IsLeftByMove ? "" : scope.Moves ? ". 'crm resource move' or 'ban' made it" : ". It was left behind by 'crm resource move' or 'ban'";
}
