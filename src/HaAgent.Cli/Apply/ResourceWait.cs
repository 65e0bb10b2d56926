using System.Diagnostics;
using System.Globalization;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Text;

namespace HaAgent.Cli.Apply;

/// <summary>Waits until the cluster has brought a resource where it belongs, or cannot.</summary>
/// <param name="before">What the cluster remembered before the changes: older failures say nothing of them.</param>
/// <param name="status">Asks for the cluster's status.</param>
/// <param name="history">Asks for what the cluster remembers, and for its configuration.</param>
/// <param name="stopping">Set when the admin interrupts.</param>
internal sealed class ResourceWait(
    ClusterHistory before,
    Func<Task<ClusterStatus>> status,
    Func<Task<(ClusterHistory History, Cib Cib)>> history,
    CancellationToken stopping
)
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
                throw new Stop(
                    ExitCode.Interrupted,
                    $"Interrupted while {missing}. What was done stays, and the cluster goes on; run the same command again to resume."
                );
            }

            if (await FailedEverywhereAsync(wait, seen) is { } failures)
            {
                throw new Stop(
                    ExitCode.Incomplete,
                    $"{missing}: {string.Join("; ", failures.Select(Words))}. "
                        + $"Mend that, clear the failure ({Advice.Of($"crm resource cleanup {name}")}), then run the same command again."
                );
            }

            if (clock.Elapsed >= wait.Limit)
            {
                throw new Stop(
                    ExitCode.Incomplete,
                    $"{missing} after {wait.Limit.TotalSeconds:0} s{Remembered(name, seen)}. "
                        + "See 'crm_mon -1rf' for why, then run the same command again."
                );
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

    private static string Remembered(string resource, ClusterStatus status) =>
        string.Concat(
            status
                .Failures.Where(f => f.Resource == resource)
                .Select(f => $"; the cluster remembers: {f} ({Advice.Of($"crm resource cleanup {resource}")} makes it forget)")
        );

    private static string Words(OperationRecord failure)
    {
        var words = new OperationFailure(failure.Resource, failure.Operation, failure.Node)
        {
            Status = failure.Outcome,
            Reason = failure.Reason,
        };
        return words.ToString();
    }
}

/// <summary>Watches the cluster's status until it is as wanted. Bounded; each change is told, with the time since this watch
/// began.</summary>
internal sealed class StatusWait(Session session)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private readonly Stopwatch since = Stopwatch.StartNew();
    private string told = "";

    /// <summary>The last status seen.</summary>
    public ClusterStatus Last { get; private set; } = new();

    /// <summary>Waits.</summary>
    /// <param name="wanted">Whether the status is as wanted.</param>
    /// <param name="tell">The status in a few words; a line is printed when the words change.</param>
    /// <param name="limit">The longest time.</param>
    /// <returns>How long it took; null when the time was over first.</returns>
    /// <exception cref="Stop">Interrupted.</exception>
    public Task<TimeSpan?> UntilAsync(Func<ClusterStatus, bool> wanted, Func<ClusterStatus, string> tell, TimeSpan limit) =>
        UntilAsync(status => Task.FromResult(wanted(status)), tell, limit);

    /// <summary>Waits, with a question to the cluster that goes beyond its status.</summary>
    public async Task<TimeSpan?> UntilAsync(Func<ClusterStatus, Task<bool>> wanted, Func<ClusterStatus, string> tell, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Last = await ClusterProbe.ReadStatusAsync();
                Tell(tell(Last));
                if (await wanted(Last))
                    return clock.Elapsed;
            }
            catch (Stop stop) when (stop.Code == ExitCode.Unreachable && clock.Elapsed < limit)
            {
                // While a node leaves, the cluster may be silent for a moment.
                Tell("the cluster does not answer");
            }

            if (session.Stopping.IsCancellationRequested)
                throw new Stop(ExitCode.Interrupted, "Interrupted.");
            if (clock.Elapsed >= limit)
                return null;
            await Task.WhenAny(Task.Delay(Pause, session.Stopping));
        }
    }

    private void Tell(string words)
    {
        if (words == told || words.Length == 0)
            return;
        told = words;
        session.Screen.Line(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"  {since.Elapsed.TotalSeconds, 6:0.0} s  {words}")
        );
    }
}

/// <summary>Waits until the cluster has nothing more to do (crm_resource --wait).</summary>
internal static class ClusterRest
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>Waits.</summary>
    /// <param name="stopping">Set when the admin interrupts.</param>
    /// <param name="limit">The longest time: what waits for an admin never comes to rest.</param>
    /// <returns>Whether it came to rest.</returns>
    /// <exception cref="Stop">The admin interrupted: what is only waited for is not waited for any longer.</exception>
    public static async Task<bool> AwaitAsync(TimeSpan limit, CancellationToken stopping)
    {
        string seconds = limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        try
        {
            return (
                await LocalProgram.RunAsync(limit + Margin, "crm_resource", ["--wait", "--timeout", seconds]).WaitAsync(stopping)
            ).Succeeded;
        }
        catch (OperationCanceledException)
        {
            throw new Stop(ExitCode.Interrupted, "Interrupted while the cluster was not yet at rest; it goes on with what it does.");
        }
    }
}

/// <summary>How long the cluster gives an operation.</summary>
internal static class OperationTime
{
    /// <summary>Pacemaker's own default.</summary>
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(20);

    /// <summary>The operation's timeout: its own, else the cluster's default, else Pacemaker's.</summary>
    public static TimeSpan Of(Cib cib, string resource, string operation) =>
        ClusterTime.Parse(cib.Primitive(resource)?.FindOperation(operation)?.Timeout)
        ?? ClusterTime.Parse(cib.OperationDefault("timeout"))
        ?? Default;
}
