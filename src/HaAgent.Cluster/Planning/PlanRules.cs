using HaAgent.Core.Node;

namespace HaAgent.Cluster.Planning;

/// <summary>What the nodes would refuse is known before the first change: a plan of which the half is made may leave the cluster standing
/// still.</summary>
public static class PlanRules
{
    /// <summary>The plan, with a refusal for each change that a node would refuse by <see cref="ChangeRules"/>.</summary>
    public static Plan Judged(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Refusal[] refusals =
        [
            .. plan
                .Changes.Select(change => (change.Title, Problem: Asked(change) is { } what ? ChangeRules.Problem(what) : null))
                .Where(change => change.Problem is not null)
                .Select(change => new Refusal(
                    $"haagent could not {change.Title}: {change.Problem}",
                    $"use another name, then run this again"
                )),
        ];
        return refusals.Length == 0 ? plan : plan with { Refusals = [.. plan.Refusals, .. refusals] };
    }

    private static NodeChange? Asked(Change change) =>
        change switch
        {
            Change.OnNode on => on.What,
            Change.WriteFile file => file.What,
            _ => null,
        };
}
