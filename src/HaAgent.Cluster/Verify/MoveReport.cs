using System.Globalization;

namespace HaAgent.Cluster.Verify;

/// <summary>A TCP connection to the guest that was kept open over its move.</summary>
/// <param name="Ends">Both ends: 10.0.0.1:40312 → 10.0.0.9:22.</param>
/// <param name="LongestGap">The longest time without a sign of life from the guest.</param>
/// <param name="Resolution">Gaps shorter than this could not be seen.</param>
/// <param name="Broken">Why it ended; null when it is still the same connection.</param>
public sealed record ConnectionReport(string Ends, TimeSpan LongestGap, TimeSpan Resolution, string? Broken)
{
    /// <summary>How often it was replaced by the next one, both being open, because the guest's service hangs up on the silent.</summary>
    public int Replaced { get; init; }
}

/// <summary>What was seen of a guest that was told to move.</summary>
/// <param name="From">Where it ran.</param>
/// <param name="To">Where it was told to go.</param>
public sealed record MoveReport(string From, string To)
{
    /// <summary>Where the cluster runs it afterwards; empty when nowhere, or when something is still under way.</summary>
    public IReadOnlyList<string> RunsOn { get; init; } = [];

    /// <summary>How long it took until the cluster said it runs there.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>The cluster remembers a live migration there, not a stop and a start.</summary>
    public bool Live { get; init; }

    /// <summary>What failed meanwhile.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>The connection that was kept open.</summary>
    public ConnectionReport? Connection { get; init; }

    /// <summary>Why no connection could be made, and so nothing was moved; null when one was.</summary>
    public string? NoConnection { get; init; }

    /// <summary>Judges it.</summary>
    public GuideTestResult Judge(string guest)
    {
        string expected = $"{guest} moves live from {From} to {To}, and an open connection to it stays";
        string failures = Failures.Count > 0 ? $"; {string.Join("; ", Failures)}" : "";
        if (NoConnection is { } reason)
            return Result(Verdict.Failed, $"not moved, because no connection could be kept open: {reason}");
        if (!RunsOn.Contains(To))
            return Result(Verdict.Failed, $"after {Seconds(Took)} it does not run on {To}{failures}");
        string moved = string.Create(CultureInfo.InvariantCulture, $"runs on {To} after {Seconds(Took)}");
        if (!Live)
            return Result(Verdict.Failed, $"{moved}, but it was stopped and started, not migrated{failures}");
        return Connection switch
        {
            null => Result(Verdict.Failed, $"{moved}, migrated live; but no connection was watched"),
            { Broken: { } why } => Result(Verdict.Failed, $"{moved}, migrated live; but the connection {Connection.Ends} broke: {why}"),
            _ => Result(Verdict.Passed, $"{moved}, migrated live; {Stayed(Connection)}, longest gap {Gap(Connection)}"),
        };

        GuideTestResult Result(Verdict verdict, string seen) => new(GuideTest.Migrate, expected, seen, verdict);
    }

    private static string Stayed(ConnectionReport connection) =>
        connection.Replaced == 0
            ? $"the same connection ({connection.Ends}) stayed open"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"connections, each open until the next one was, never broke ({connection.Replaced + 1} one after the other, the first "
                    + $"{connection.Ends})"
            );

    private static string Gap(ConnectionReport connection) =>
        connection.LongestGap <= connection.Resolution ? $"at most {Seconds(connection.Resolution)}" : Seconds(connection.LongestGap);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");
}
