using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Status;

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
                string sentence = $"The lock storage {clone.Name} is not complete on {node} (missing: {string.Join(", ", missing)}), and {scope.Id} may only run beside it";
                string failed = string.Join("; ", scope.History.Operations.Where(o => o.Failed && o.Node == node && missing.Contains(o.Resource)).Select(o => $"{o.Resource} {o.Operation}: {o.Outcome}{(o.Reason.Length > 0 ? $", {o.Reason.TrimEnd('.')}" : "")}"));
                string next = failed.Length > 0 ? $"mend what failed on {node} ({failed}), then: crm resource cleanup {clone.Name}" : $"see why on {node} (haagent check; crm_mon -1rf)";
                yield return scope.Runs ? Cause.Likely(sentence, next) : Cause.Certain(sentence, next);
            }
        }

        string[] clones = [.. LockClone.All(scope.Cib).SelectMany(c => c.Members.Append(c.Name))];
        string[] groups = [.. scope.Cib.Clones.Select(c => c.Child)];
        foreach (Constraint constraint in scope.Cib.Constraints.Where(c => c.Resources.Intersect(scope.Names).Any()))
        {
            foreach (Cause cause in constraint.Kind switch
            {
                ConstraintKind.Order => Order(scope, constraint, [.. clones, .. groups]),
                ConstraintKind.Colocation => Colocation(scope, constraint, [.. clones, .. groups]),
                ConstraintKind.Location or ConstraintKind.Other => [],
            })
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
                yield return Cause.Certain($"{scope.Id} is started after {first} only ({constraint.Id}), and {first} does not run", $"crm resource start {first}, or see why it does not run (crm_mon -1rf)");
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
                string sentence = $"{scope.Id} {(score <= -Score.Infinity ? "may not" : "should not")} run where {other} does ({constraint.Id}): {string.Join(", ", where)}";
                yield return scope.Runs || score > -Score.Infinity ? Cause.Possible(sentence) : Cause.Likely(sentence, $"give them nodes of their own, or weaken {constraint.Id} (crm configure edit {constraint.Id})");
            }
            else if (!apart && IsDependentOn(scope, constraint, other) && score >= Score.Infinity && where.Length == 0)
            {
                yield return scope.Runs ? Cause.Possible($"{scope.Id} must run beside {other} ({constraint.Id}), which does not run")
                    : Cause.Certain($"{scope.Id} may only run beside {other} ({constraint.Id}), and {other} does not run", $"crm resource start {other}, or see why it does not run (crm_mon -1rf)");
            }
            else if (!apart && IsDependentOn(scope, constraint, other) && where.Length > 0)
            {
                yield return Cause.Likely($"{scope.Id} {(score >= Score.Infinity ? "must" : "should")} run beside {other} ({constraint.Id}), which is on {string.Join(", ", where)}");
            }
        }
    }

    // "rsc with-rsc", and between sets: an earlier set follows the last.
    private static bool IsDependentOn(ExplainScope scope, Constraint constraint, string other) => Others(scope, constraint, before: false).Contains(other);

    private static IEnumerable<string> Others(ExplainScope scope, Constraint constraint, bool before)
    {
        int own = -1;
        for (int i = 0; i < constraint.Sets.Count && own < 0; i++)
            own = constraint.Sets[i].Resources.Intersect(scope.Names).Any() ? i : -1;
        return constraint.Sets.Where((_, i) => before ? i < own : i > own).SelectMany(set => set.Resources);
    }
}
