using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.History;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>Nodes from which counted failures ban the guest (Pacemaker Explained, migration-threshold and start-failure-is-fatal).</summary>
internal static class FailuresCounted
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        long threshold = Score.Parse(scope.Meta("migration-threshold") ?? "INFINITY");
        foreach (IGrouping<string, FailCount> node in scope.History.FailCounts.Where(f => f.Resource == scope.Id).GroupBy(f => f.Node))
        {
            long count = Math.Min(Score.Infinity, node.Sum(f => f.Count));
            if (count < threshold || threshold == 0)
                continue;
            string how = count >= Score.Infinity ? "its start failed there, and that is fatal (start-failure-is-fatal)"
                : $"it failed there {count.ToString(CultureInfo.InvariantCulture)} times, and migration-threshold is {Score.Write(threshold)}";
            string sentence = $"It may not run on {node.Key}: {how}. The ban holds until the failures are cleaned up";
            string next = $"crm resource cleanup {scope.Id} {node.Key}";
            yield return scope.Runs ? Cause.Likely(sentence, next) : Cause.Certain(sentence, next);
        }
    }
}
