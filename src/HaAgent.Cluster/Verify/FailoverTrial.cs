using System.Globalization;

namespace HaAgent.Cluster.Verify;

/// <summary>What was seen of a guest whose node went away.</summary>
/// <param name="Test">Reboot or crash.</param>
/// <param name="Node">The node.</param>
public sealed record FailoverTrial(GuideTest Test, string Node)
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
    public TrialResult Judge(string guest)
    {
        bool crash = Test == GuideTest.Crash;
        string expected = crash
            ? $"{Node} is fenced, and {guest} runs on another node"
            : $"{Node} leaves in good order, and {guest} runs on another node";
        string failures = Failures.Count > 0 ? $"; {string.Join("; ", Failures)}" : "";
        string back = Back is { } time ? $"; {Node} was back after {Seconds(time)}" : $"; {Node} was not back within the time: look at it";
        if (RunsOn is null)
            return Result(Verdict.Failed, $"after {Seconds(Took)} {guest} runs nowhere else{(Left ? "" : $", and {Node} has not left the cluster")}{failures}");
        string fate = (Left, Fenced) switch
        {
            (_, true) => $"{Node} was fenced",
            (true, false) => $"{Node} was back before it was fenced",
            (false, false) => $"{Node} never left the cluster, and was not fenced",
        };
        if (RunsOn == Node)
        {
            return Stayed ? Result(Verdict.Failed, $"nothing happened within {Seconds(Took)}: {guest} runs on, {fate}{failures}")
                : Result(Verdict.Otherwise, $"{guest} recovered: it was started on {Node} again after {Seconds(Took)}; {fate}{failures}{back}");
        }

        string where = $"{guest} {(Live ? "was migrated to" : "was started on")} {RunsOn} after {Seconds(Took)}";
        return (crash, Fenced) switch
        {
            (true, false) => Result(Verdict.Failed, $"{where}, but {Node} was not fenced{failures}{back}"),
            (false, true) => Result(Verdict.Failed, $"{where}, but {Node} did not leave in good order: it was fenced{failures}{back}"),
            (true, true) => Result(Verdict.Passed, $"{Node} was fenced, {where}{back}"),
            (false, false) => Result(Verdict.Passed, $"{where}{back}"),
        };

        TrialResult Result(Verdict verdict, string seen) => new(Test, expected, seen, verdict);
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
