using HaAgent.Cluster.History;
using HaAgent.Cluster.Status;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>The last start or migration of a guest that runs.</summary>
internal static class HowItCameHere
{
    /// <summary>A start so soon after a fencing is its consequence.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        foreach (string node in scope.RunsOn)
        {
            OperationRecord? start = scope.History.Of(scope.Id).FirstOrDefault(o => o.Node == node && o is { Operation: "start", Status: 0, ReturnCode: 0 });
            MigrationRecord? migration = scope.History.LastMigration(scope.Id);
            if (migration?.To == node && (start is null || start.When <= migration.When))
            {
                MigrationLine? line = scope.Watch.LastMigration(scope.Id)?.Line;
                string downtime = line is null ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $", standing still for {line.Downtime.TotalMilliseconds:0} ms");
                yield return Cause.Certain($"It was migrated live from {migration.From} to {node} {scope.At(migration.When)}{downtime}");
            }
            else if (start is not null)
            {
                yield return Cause.Certain($"It was started on {node} {scope.At(start.When)}{AfterFencing(scope, node, start)}");
            }
            else if (scope.History.Of(scope.Id).FirstOrDefault(o => o.Node == node && o.IsProbe && o.ReturnCode == 0) is { } probe)
            {
                yield return Cause.Certain($"The cluster found it running on {node} {scope.At(probe.When)} and took it over there");
            }
        }
    }

    // The cluster counts in seconds: a start may seem to have come a moment before the fencing that allowed it.
    private static string AfterFencing(ExplainScope scope, string node, OperationRecord start) => scope.Status.Fencings
        .Where(f => f.Node != node && start.When - f.When is { } later && later > TimeSpan.FromSeconds(-2) && later < Soon).MaxBy(f => f.When) is { } fencing
        ? $", after {fencing.Node} was fenced {scope.At(fencing.When)}" : "";
}
