using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Our agent is installed on every node: the cluster starts guests nowhere else.</summary>
internal static class AgentInstalled
{
    private const string Name = "agent";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Finding[] unknown = [.. scope.Snapshot.Reached.Select(node => Finding.Unless(Name, "whether ocf:haagent:VirtualDomain is installed", node, node.Agents)).OfType<Finding>()];
        foreach (Finding finding in unknown)
            yield return finding;
        NodeFacts[] missing = [.. scope.Snapshot.Reached.Where(node => node.Agents.IsKnown(out var agents) && !agents.Contains("haagent/VirtualDomain"))];
        foreach (NodeFacts node in missing)
            yield return new Finding(Name, Severity.Error, $"ocf:haagent:VirtualDomain is not installed on {node.Name}", $"install haagent on {node.Name}");
        if (missing.Length + unknown.Length == 0)
            yield return new Finding(Name, Severity.Ok, "ocf:haagent:VirtualDomain is installed on every node", null);
    }
}
