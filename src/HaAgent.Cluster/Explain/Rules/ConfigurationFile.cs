using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>The XML that the guest is started from.</summary>
internal static class ConfigurationFile
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        string? path = scope.Guest.Resource.Parameter("config");
        if (path is null)
        {
            yield return Cause.Certain("The resource has no parameter config, so nobody knows what to start", $"crm resource param {scope.Id} set config /mnt/shared/{scope.Id}.xml");
            yield break;
        }

        if (scope.Guest.XmlProblem is { } problem)
        {
            string next = $"see whether the shared volume is mounted (crm_mon -1r), and whether {path} is on it and whole";
            yield return scope.Runs ? Cause.Possible($"{path} {problem}", next) : Cause.Certain($"{path} {problem}, so every start fails", next);
        }

        foreach (string node in scope.Guest.UnreadableOn.Where(scope.Status.TakesResources))
            yield return Weigh(scope, $"{path} cannot be read on {node}, so it cannot be started there", $"see whether the shared volume is mounted on {node}, and whether the file is on it");
        foreach ((string node, string why) in scope.Guest.NotLearnedOn.Where(n => scope.Status.TakesResources(n.Key)))
            yield return Cause.Possible($"Whether {path} can be read on {node} could not be learned: {why}", $"see whether the shared volume on {node} answers");
        if (scope.Guest.Resource.Agent == AgentName.Theirs)
            yield break;
        foreach (string node in scope.History.Of(scope.Id).Where(o => o.ReturnCode == 5 && o.Status != 0).Select(o => o.Node).Distinct())
            yield return Cause.Likely($"On {node} something that the agent needs is missing", $"haagent check; then: crm resource cleanup {scope.Id} {node}");
    }

    private static Cause Weigh(ExplainScope scope, string sentence, string next) => scope.Runs ? Cause.Possible(sentence, next) : Cause.Likely(sentence, next);
}
