using System.Diagnostics;
using HaAgent.Cli.CommandLine;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Configuration;

namespace HaAgent.Cli.Apply;

/// <summary>Waits until the cluster has brought a resource where it belongs, or cannot.</summary>
/// <param name="before">What the cluster remembered before the changes: older failures say nothing of them.</param>
/// <param name="status">Asks for the cluster's status.</param>
/// <param name="history">Asks for what the cluster remembers, and for its configuration.</param>
/// <param name="stopping">Set when the admin interrupts.</param>
internal sealed class ResourceWait(
    ClusterHistory before, Func<Task<ClusterStatus>> status,
    Func<Task<(ClusterHistory History, Cib Cib)>> history, CancellationToken stopping)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits.</summary>
    /// <exception cref="Stop">It failed wherever it could be, the time is over, or the admin interrupted.</exception>
    public async Task UntilAsync(Change.Await wait)
    {
        string name = wait.Resource;
        var clock = Stopwatch.StartNew();
        while (true)
        {
            ClusterStatus seen = await status();
            if (wait.Goal.IsReached(name, seen))
                return;
            string missing = $"{name} {wait.Goal.Missing(name, seen)}";
            if (stopping.IsCancellationRequested)
            {
                throw new Stop(ExitCode.Interrupted,
                    $"Interrupted while {missing}. What was done stays, and the cluster goes on; run the same command again to resume.");
            }

            if (await FailedEverywhereAsync(wait, seen) is { } failures)
            {
                throw new Stop(ExitCode.Incomplete, $"{missing}: {string.Join("; ", failures.Select(Words))}. "
                    + $"Mend that, clear the failure (crm resource cleanup {name}), then run the same command again.");
            }

            if (clock.Elapsed >= wait.Limit)
            {
                throw new Stop(ExitCode.Incomplete, $"{missing} after {wait.Limit.TotalSeconds:0} s{Remembered(name, seen)}. "
                    + "See 'crm_mon -1rf' for why, then run the same command again.");
            }

            // An interruption is heard at once.
            await Task.WhenAny(Task.Delay(Pause, stopping));
        }
    }

    // A failed start is not tried again on that node for a while: when it failed wherever it could run, there is nothing to wait for.
    private async Task<OperationRecord[]?> FailedEverywhereAsync(Change.Await wait, ClusterStatus seen)
    {
        string[] candidates = [.. wait.Goal.Candidates(wait.Resource, seen)];
        if (candidates.Length == 0)
            return null;
        (ClusterHistory now, Cib cib) = await history();
        IEnumerable<OperationRecord> since = cib.StartedFor(wait.Resource).SelectMany(name => now.FailuresSince(before, name));
        OperationRecord[] failures = [.. since.Where(f => f.Operation == "start" && candidates.Contains(f.Node)).DistinctBy(f => f.Node)];
        return failures.Length == candidates.Length ? failures : null;
    }

    private static string Remembered(string resource, ClusterStatus status) => string.Concat(status.Failures
        .Where(f => f.Resource == resource)
        .Select(f => $"; the cluster remembers: {f} (crm resource cleanup {resource} makes it forget)"));

    private static string Words(OperationRecord failure)
    {
        var words = new OperationFailure(failure.Resource, failure.Operation, failure.Node) { Status = failure.Outcome, Reason = failure.Reason };
        return words.ToString();
    }
}
