using System.Globalization;
using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>The scheduler's own score of every node, and what keeps a guest where it is.</summary>
internal static class SchedulersScores
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        (string Node, long Score)[] scores = [.. scope.Next.Scores.Where(s => s.Key.Resource == scope.Id).Select(s => (s.Key.Node, s.Value)).OrderByDescending(s => s.Value)];
        if (scores.Length > 0)
            yield return Cause.Possible($"The scheduler's scores: {string.Join(", ", scores.Select(s => $"{s.Node} {Score.Write(s.Score)}"))}");
        string? stickiness = scope.Meta("resource-stickiness");
        if (scope.Runs && Score.Parse(stickiness) > 0)
            yield return Cause.Possible(string.Create(CultureInfo.InvariantCulture, $"It stays where it is unless another node is better by more than {stickiness} (resource-stickiness)"));
        if (!scope.Runs && scope.Cib.Property("placement-strategy") is { } strategy and not "default" && scope.Guest.Resource.Utilization.Count > 0)
            yield return Cause.Possible($"placement-strategy is {strategy}: a node must have enough capacity left for its utilization ({string.Join(", ", scope.Guest.Resource.Utilization.Select(u => $"{u.Key}={u.Value}"))})", "crm_simulate --live-check --show-utilization");
    }
}
