using System.Globalization;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;

namespace HaAgent.Cluster.Verify;

/// <summary>What was seen of a guest whose node went away.</summary>
/// <param name="Test">Reboot or crash.</param>
/// <param name="Node">The node.</param>
public sealed record FailoverReport(GuideTest Test, string Node)
{
    /// <summary>The cluster saw the node leave.</summary>
    public bool Left { get; init; }

    /// <summary>The cluster fenced the node.</summary>
    public bool Fenced { get; init; }

    /// <summary>Where the guest runs afterwards; null when nowhere.</summary>
    public string? RunsOn { get; init; }

    /// <summary>How long it took until it ran there.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>It ran on all the time on the node that was to go.</summary>
    public bool Stayed { get; init; }

    /// <summary>It was migrated there, not started.</summary>
    public bool Live { get; init; }

    /// <summary>When the node was back in the cluster; null when it was not within the time.</summary>
    public TimeSpan? Back { get; init; }

    /// <summary>What failed meanwhile.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>Judges it.</summary>
    public GuideTestResult Judge(string guest)
    {
        bool crash = Test == GuideTest.Crash;
        string expected = crash
            ? $"{Node} is fenced, and {guest} runs on another node"
            : $"{Node} leaves in good order, and {guest} runs on another node";
        string failures = Failures.Count > 0 ? $"; {string.Join("; ", Failures)}" : "";
        string back = Back is { } time ? $"; {Node} was back after {Seconds(time)}" : $"; {Node} was not back within the time: look at it";
        if (RunsOn is null)
            return Result(
                Verdict.Failed,
                $"after {Seconds(Took)} {guest} runs nowhere else{(Left ? "" : $", and {Node} has not left the cluster")}{failures}"
            );
        string fate = (Left, Fenced) switch
        {
            (_, true) => $"{Node} was fenced",
            (true, false) => $"{Node} was back before it was fenced",
            (false, false) => $"{Node} never left the cluster, and was not fenced",
        };
        if (RunsOn == Node)
        {
            return Stayed
                ? Result(Verdict.Failed, $"nothing happened within {Seconds(Took)}: {guest} runs on, {fate}{failures}")
                : Result(
                    Verdict.Otherwise,
                    $"{guest} recovered: it was started on {Node} again after {Seconds(Took)}; {fate}{failures}{back}"
                );
        }

        string where = $"{guest} {(Live ? "was migrated to" : "was started on")} {RunsOn} after {Seconds(Took)}";
        return (crash, Fenced) switch
        {
            (true, false) => Result(Verdict.Failed, $"{where}, but {Node} was not fenced{failures}{back}"),
            (false, true) => Result(Verdict.Failed, $"{where}, but {Node} did not leave in good order: it was fenced{failures}{back}"),
            (true, true) => Result(Verdict.Passed, $"{Node} was fenced, {where}{back}"),
            (false, false) => Result(Verdict.Passed, $"{where}{back}"),
        };

        GuideTestResult Result(Verdict verdict, string seen) => new(Test, expected, seen, verdict);
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}

/// <summary>Watches a guest whose node was told to go, and says when there is nothing more to wait for.</summary>
/// <param name="test">Reboot or crash.</param>
/// <param name="guest">The guest.</param>
/// <param name="node">The node.</param>
/// <param name="before">What the cluster remembered before.</param>
public sealed class FailoverWatch(GuideTest test, string guest, string node, ClusterHistory before)
{
    /// <summary>
    /// A node that crashed is missed by the others within corosync's token timeout, some seconds as a rule; one that is still there after
    /// this time has not crashed.
    /// </summary>
    public static readonly TimeSpan Missed = TimeSpan.FromSeconds(60);

    private readonly OperationRecord[] _starts = [.. Starts(before, guest, node)];

    /// <summary>The cluster saw the node leave.</summary>
    public bool Left { get; private set; }

    /// <summary>Where the guest runs in the end; null while that is open.</summary>
    public string? RunsOn { get; private set; }

    /// <summary>It ran on where it was: it was not started anew.</summary>
    public bool Stayed { get; private set; }

    /// <summary>When it ran there.</summary>
    public TimeSpan? At { get; private set; }

    /// <summary>Takes in one look.</summary>
    /// <param name="status">The cluster's status.</param>
    /// <param name="history">What the cluster remembers.</param>
    /// <param name="at">How long ago the node was told to go.</param>
    /// <returns>Whether there is nothing more to wait for.</returns>
    public bool See(ClusterStatus status, ClusterHistory history, TimeSpan at)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(history);
        Left |= status.Nodes.Any(n => n.Name == node && (!n.Online || n.Unclean));
        string[] runs = [.. status.Where(guest)];
        string? elsewhere = runs.FirstOrDefault(n => n != node);
        bool here = runs.Contains(node) && status.Nodes.Any(n => n.Name == node && n is { Online: true, Unclean: false });
        bool startedHere = here && Starts(history, guest, node).Except(_starts).Any();
        string? found = elsewhere ?? (startedHere || (here && test == GuideTest.Crash && !Left && at >= Missed) ? node : null);
        At =
            found is null ? null
            : found == RunsOn ? At
            : at;
        RunsOn = found;
        Stayed = found == node && !startedHere;

        // A node that is rebooted hands its guest over first, and leaves then.
        return found is not null && (Left || found == node || test == GuideTest.Crash);
    }

    private static IEnumerable<OperationRecord> Starts(ClusterHistory history, string guest, string node) =>
        history.Of(guest).Where(o => o is { Operation: "start", Status: 0, ReturnCode: 0 } && o.Node == node);
}
