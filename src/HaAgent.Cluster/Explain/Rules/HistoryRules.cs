using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Core.Migration;
using HaAgent.Core.Text;

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
            OperationRecord? start = scope
                .History.Of(scope.Id)
                .FirstOrDefault(o => o.Node == node && o is { Operation: "start", Status: 0, ReturnCode: 0 });
            MigrationRecord? migration = scope.History.LastMigration(scope.Id);
            if (migration?.To == node && (start is null || start.When <= migration.When))
            {
                MigrationLine? line = scope.Watch.LastMigration(scope.Id)?.Line;
                string downtime = line is null
                    ? ""
                    : string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $", standing still for {line.Downtime.TotalMilliseconds:0} ms"
                    );
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
    private static string AfterFencing(ExplainScope scope, string node, OperationRecord start) =>
        scope
            .Status.Fencings.Where(f =>
                f.Node != node && start.When - f.When is { } later && later > TimeSpan.FromSeconds(-2) && later < Soon
            )
            .MaxBy(f => f.When)
            is { } fencing
            ? $", after {fencing.Node} was fenced {scope.At(fencing.When)}"
            : "";
}

/// <summary>Operations that failed, with what the agent said.</summary>
internal static class FailedOperations
{
    /// <summary>Pacemaker keeps no more of an exit reason (EXIT_REASON_MAX_LEN).</summary>
    private const int LongestReason = 128;

    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        foreach (OperationRecord failure in scope.History.Failures(scope.Id))
        {
            string what = $"{Verb(failure.Operation)} failed on {failure.Node} {scope.At(failure.When)} ({failure.Outcome})";
            string said = failure.Reason.Length > 0 ? $": {Whole(failure)}" : "";
            string sentence = what + said;
            Advice cleanup = $"mend that, then: crm resource cleanup {scope.Id}";
            yield return failure.Operation switch
            {
                "stop" => Cause.Certain(
                    sentence
                        + (
                            !FencingSetup.Of(scope.Cib).IsThere
                                ? ". Without fencing the cluster does not touch it any more"
                                : ". The cluster fences the node, or blocks the guest, so that it never runs twice"
                        ),
                    cleanup
                ),
                "start" when !scope.Runs => Cause.Certain(sentence, cleanup),
                "start" => Cause.Likely($"{what}, so it was put elsewhere{said}", cleanup),
                "migrate_to" or "migrate_from" => Cause.Likely(sentence, cleanup),
                _ => scope.Runs ? Cause.Possible(sentence, cleanup) : Cause.Likely(sentence, cleanup),
            };
        }
    }

    private static string Whole(OperationRecord failure) =>
        failure.Reason.Length < LongestReason - 1
            ? failure.Reason.TrimEnd('.')
            : $"{failure.Reason.TrimEnd()} … (cut short by Pacemaker; the whole sentence is in the log of {failure.Node}: grep "
                + $"'VirtualDomain({failure.Resource})' in the system log)";

    private static string Verb(string operation) =>
        operation switch
        {
            "start" => "Its start",
            "stop" => "Its stop",
            "monitor" => "Its monitor",
            "migrate_to" => "Sending it (migrate_to)",
            "migrate_from" => "Receiving it (migrate_from)",
            _ => $"Its {operation}",
        };
}

/// <summary>Nodes from which counted failures ban the guest (Pacemaker Explained, migration-threshold and
/// start-failure-is-fatal).</summary>
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
            string how =
                count >= Score.Infinity
                    ? "its start failed there, and that is fatal (start-failure-is-fatal)"
                    : $"it failed there {count.ToString(CultureInfo.InvariantCulture)} times, and migration-threshold is "
                        + $"{Score.Write(threshold)}";
            string sentence = $"It may not run on {node.Key}: {how}. The ban holds until the failures are cleaned up";
            Advice next = $"crm resource cleanup {scope.Id} {node.Key}";
            yield return scope.Runs ? Cause.Likely(sentence, next) : Cause.Certain(sentence, next);
        }
    }
}

/// <summary>An operation that the cluster has begun and not ended (record-pending, which is Pacemaker's default).</summary>
internal static class UnderWay
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        foreach (
            OperationRecord operation in scope
                .History.Of(scope.Id)
                .Where(o => o is { Pending: true, Operation: "start" or "stop" or "migrate_to" or "migrate_from" })
        )
            yield return Cause.Certain(
                $"{Words(operation)} is under way; it began {scope.At(operation.When)}",
                $"wait, and watch it with crm_mon"
            );
    }

    private static string Words(OperationRecord operation) =>
        operation.Operation switch
        {
            "start" => $"Its start on {operation.Node}",
            "stop" => $"Its stop on {operation.Node}",
            _ => $"Its migration from {operation.MigrateSource} to {operation.MigrateTarget}",
        };
}
