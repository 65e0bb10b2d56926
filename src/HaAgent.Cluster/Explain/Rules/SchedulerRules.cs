using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Status;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>What the guest must stand beside, or wait for: the lock storage, and whatever else constraints name.</summary>
internal static class Dependencies
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        foreach (LockClone clone in LockClone.All(scope.Cib, scope.Id))
        {
            foreach (string node in scope.Status.Nodes.Where(n => scope.Status.TakesResources(n.Name)).Select(n => n.Name))
            {
                if (clone.MissingOn(node, scope.Status) is not { Count: > 0 } missing)
                    continue;
                string sentence =
                    $"The lock storage {clone.Name} is not complete on {node} (missing: {string.Join(", ", missing)}), and {scope.Id} may "
                    + "only run beside it";
                string failed = string.Join(
                    "; ",
                    scope
                        .History.Operations.Where(o => o.Failed && o.Node == node && missing.Contains(o.Resource))
                        .Select(o => $"{o.Resource} {o.Operation}: {o.Outcome}{(o.Reason.Length > 0 ? $", {o.Reason.TrimEnd('.')}" : "")}")
                );
                Advice next =
                    failed.Length > 0
                        ? Advice.Of($"mend what failed on {node} ({new Prose(failed)}), then: crm resource cleanup {clone.Name}")
                        : $"see why on {node} (haagent check; crm_mon -1rf)";
                yield return scope.Runs ? Cause.Likely(sentence, next) : Cause.Certain(sentence, next);
            }
        }

        string[] clones = [.. LockClone.All(scope.Cib).SelectMany(c => c.Members.Append(c.Name))];
        string[] groups = [.. scope.Cib.Clones.Select(c => c.Child)];
        foreach (Constraint constraint in scope.Cib.Constraints.Where(c => c.Resources.Intersect(scope.Names).Any()))
        {
            foreach (
                Cause cause in constraint.Kind switch
                {
                    ConstraintKind.Order => Order(scope, constraint, [.. clones, .. groups]),
                    ConstraintKind.Colocation => Colocation(scope, constraint, [.. clones, .. groups]),
                    ConstraintKind.Location or ConstraintKind.Other => [],
                }
            )
                yield return cause;
        }
    }

    // What stands in an earlier set, or before it in a sequential one, comes first.
    private static IEnumerable<Cause> Order(ExplainScope scope, Constraint constraint, string[] known)
    {
        bool mandatory = constraint.Strength is "" or "Mandatory" or "Serialize" || Score.Parse(constraint.Strength) >= Score.Infinity;
        if (!mandatory || scope.Runs)
            yield break;
        foreach (string first in Others(scope, constraint, before: true).Except(known))
        {
            if (!scope.Status.Where(first).Any() && scope.Cib.Primitive(first) is not null)
                yield return Cause.Certain(
                    $"{scope.Id} is started after {first} only ({constraint.Id}), and {first} does not run",
                    $"crm resource start {first}, or see why it does not run (crm_mon -1rf)"
                );
        }
    }

    private static IEnumerable<Cause> Colocation(ExplainScope scope, Constraint constraint, string[] known)
    {
        long score = Score.Parse(constraint.Strength);
        foreach (string other in constraint.Resources.Except(scope.Names).Except(known))
        {
            bool apart = score < 0;
            string[] where = [.. scope.Status.Anywhere(other)];
            if (apart && where.Length > 0)
            {
                string sentence =
                    $"{scope.Id} {(score <= -Score.Infinity ? "may not" : "should not")} run where {other} does ({constraint.Id}): "
                    + $"{string.Join(", ", where)}";
                yield return scope.Runs || score > -Score.Infinity
                    ? Cause.Possible(sentence)
                    : Cause.Likely(
                        sentence,
                        $"give them nodes of their own, or weaken {constraint.Id} (crm configure edit {constraint.Id})"
                    );
            }
            else if (!apart && IsDependentOn(scope, constraint, other) && score >= Score.Infinity && where.Length == 0)
            {
                yield return scope.Runs
                    ? Cause.Possible($"{scope.Id} must run beside {other} ({constraint.Id}), which does not run")
                    : Cause.Certain(
                        $"{scope.Id} may only run beside {other} ({constraint.Id}), and {other} does not run",
                        $"crm resource start {other}, or see why it does not run (crm_mon -1rf)"
                    );
            }
            else if (!apart && IsDependentOn(scope, constraint, other) && where.Length > 0)
            {
                yield return Cause.Likely(
                    $"{scope.Id} {(score >= Score.Infinity ? "must" : "should")} run beside {other} ({constraint.Id}), which is on "
                        + $"{string.Join(", ", where)}"
                );
            }
        }
    }

    // "rsc with-rsc", and between sets: an earlier set follows the last.
    private static bool IsDependentOn(ExplainScope scope, Constraint constraint, string other) =>
        Others(scope, constraint, before: false).Contains(other);

    private static IEnumerable<string> Others(ExplainScope scope, Constraint constraint, bool before)
    {
        int own = -1;
        for (int i = 0; i < constraint.Sets.Count && own < 0; i++)
            own = constraint.Sets[i].Resources.Intersect(scope.Names).Any() ? i : -1;
        return constraint.Sets.Where((_, i) => before ? i < own : i > own).SelectMany(set => set.Resources);
    }
}

/// <summary>What the cluster is about to do: then it is only a matter of waiting.</summary>
internal static class SchedulersNextStep
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        if (scope.Next.For(scope.Id) is not { } action)
            yield break;
        string why = action.Reason is { } reason ? $" ({reason})" : "";
        yield return action.Kind switch
        {
            _ when action.Blocked => Cause.Likely(
                $"The scheduler would {action.Kind} it{(action.To is null ? "" : $" on {action.To}")}, but may not{why}"
            ),
            "start" => Cause.Likely($"The cluster is about to start it on {action.To}{why}", $"wait, and watch it with crm_mon"),
            "migrate" or "move" => Cause.Likely(
                $"The cluster is about to move it from {action.From} to {action.To}{why}",
                $"wait, and watch it with crm_mon"
            ),
            "stop" when action.Reason == "node availability" => Cause.Certain(
                $"The scheduler finds no node for it: it will be stopped on {action.From}{why}",
                $"see the reasons below, node by node"
            ),
            "stop" => Cause.Likely($"The cluster is about to stop it on {action.From}{why}", $"wait, and watch it with crm_mon"),
            _ => Cause.Likely($"The cluster is about to {action.Kind} it{why}", $"wait, and watch it with crm_mon"),
        };
    }
}

/// <summary>The scheduler's own score of every node, and what keeps a guest where it is.</summary>
internal static class SchedulersScores
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        (string Node, long Score)[] scores =
        [
            .. scope.Next.Scores.Where(s => s.Key.Resource == scope.Id).Select(s => (s.Key.Node, s.Value)).OrderByDescending(s => s.Value),
        ];
        if (scores.Length > 0)
            yield return Cause.Possible(
                $"The scheduler's scores: {string.Join(", ", scores.Select(s => $"{s.Node} {Score.Write(s.Score)}"))}"
            );
        string? stickiness = scope.Meta("resource-stickiness");
        if (scope.Runs && Score.Parse(stickiness) > 0)
            yield return Cause.Possible(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"It stays where it is unless another node is better by more than {stickiness} (resource-stickiness)"
                )
            );
        if (
            !scope.Runs
            && scope.Cib.Property("placement-strategy") is { } strategy and not "default"
            && scope.Guest.Resource.Utilization.Count > 0
        )
            yield return Cause.Possible(
                $"placement-strategy is {strategy}: a node must have enough capacity left for its utilization "
                    + $"({string.Join(", ", scope.Guest.Resource.Utilization.Select(u => $"{u.Key}={u.Value}"))})",
                $"crm_simulate --live-check --show-utilization"
            );
    }
}
