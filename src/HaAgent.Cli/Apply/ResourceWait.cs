using System.Diagnostics;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Planning;
using HaAgent.Cli.CommandLine;

namespace HaAgent.Cli.Apply;

/// <summary>Waits until the cluster has brought a resource where it belongs, or cannot.</summary>
/// <param name="before">What the cluster remembered before the changes: older failures, and those of other resources, say nothing of them.</param>
/// <param name="status">Asks for the cluster's status.</param>
/// <param name="history">Asks for what the cluster remembers.</param>
/// <param name="stopping">Set when the admin interrupts.</param>
internal sealed class ResourceWait(ClusterHistory before, Func<Task<ClusterStatus>> status, Func<Task<ClusterHistory>> history, CancellationToken stopping)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits.</summary>
    /// <exception cref="Stop">It failed wherever it could be, the time is over, or the admin interrupted.</exception>
    public async Task UntilAsync(Change.Await wait)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            ClusterStatus seen = await status();
            if (wait.Goal.IsReached(wait.Resource, seen))
                return;
            if (stopping.IsCancellationRequested)
                throw new Stop(ExitCode.Interrupted, $"Interrupted while {wait.Resource} {wait.Goal.Missing(wait.Resource, seen)}. What was done stays, and the cluster goes on; run the same command again to resume.");

            // A failed start is not tried again on that node for a while: when it failed wherever it could run, there is nothing to wait for.
            string[] candidates = [.. wait.Goal.Candidates(wait.Resource, seen)];
            if (candidates.Length > 0)
            {
                OperationRecord[] failures = [.. (await history()).FailuresSince(before, wait.Resource).Where(f => f.Operation == "start" && candidates.Contains(f.Node))];
                if (candidates.All(node => failures.Any(f => f.Node == node)))
                    throw new Stop(ExitCode.Incomplete, $"{wait.Resource} {wait.Goal.Missing(wait.Resource, seen)}: {string.Join("; ", failures.DistinctBy(f => f.Node).Select(Words))}. Mend that, clear the failure (crm resource cleanup {wait.Resource}), then run the same command again.");
            }

            if (clock.Elapsed >= wait.Limit)
                throw new Stop(ExitCode.Incomplete, $"{wait.Resource} {wait.Goal.Missing(wait.Resource, seen)} after {wait.Limit.TotalSeconds:0} s{Remembered(wait.Resource, seen)}. See 'crm_mon -1rf' for why, then run the same command again.");
            await Task.WhenAny(Task.Delay(Pause, stopping), Task.Delay(Pause, CancellationToken.None));
        }
    }

    private static string Remembered(string resource, ClusterStatus status) =>
        string.Concat(status.Failures.Where(f => f.Resource == resource).Select(f => $"; the cluster remembers: {f} (crm resource cleanup {resource} makes it forget)"));

    private static string Words(OperationRecord failure) =>
        new OperationFailure(failure.Resource, failure.Operation, failure.Node) { Status = failure.Outcome, Reason = failure.Reason }.ToString();
}
