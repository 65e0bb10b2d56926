namespace HaAgent.Cluster.Explain.Rules;

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
            _ when action.Blocked => Cause.Likely($"The scheduler would {action.Kind} it{(action.To is null ? "" : $" on {action.To}")}, but may not{why}"),
            "start" => Cause.Likely($"The cluster is about to start it on {action.To}{why}", "wait, and watch it with crm_mon"),
            "migrate" or "move" => Cause.Likely($"The cluster is about to move it from {action.From} to {action.To}{why}", "wait, and watch it with crm_mon"),
            "stop" when action.Reason == "node availability" => Cause.Certain($"The scheduler finds no node for it: it will be stopped on {action.From}{why}", "see the reasons below, node by node"),
            "stop" => Cause.Likely($"The cluster is about to stop it on {action.From}{why}", "wait, and watch it with crm_mon"),
            _ => Cause.Likely($"The cluster is about to {action.Kind} it{why}", "wait, and watch it with crm_mon"),
        };
    }
}
