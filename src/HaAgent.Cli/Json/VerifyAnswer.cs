using HaAgent.Cluster.Verify;

namespace HaAgent.Cli.Json;

/// <summary>What <c>verify --json</c> prints at its end.</summary>
internal sealed record VerifyAnswer(string Guest, IReadOnlyList<TestAnswer> Tests)
{
    public static VerifyAnswer Of(string guest, IEnumerable<TrialResult> results) => new(
        guest, [.. results.Select(r => new TestAnswer(Word(r.Test), Word(r.Verdict), r.Expected, r.Seen))]);

    public static string Word(GuideTest test) => test switch
    {
        GuideTest.Lock => "lock",
        GuideTest.Migrate => "migrate",
        GuideTest.Reboot => "reboot",
        GuideTest.Crash => "crash",
    };

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Otherwise => "protected otherwise",
        Verdict.Failed => "FAILED",
    };
}

internal sealed record TestAnswer(string Test, string Verdict, string Expected, string Seen);
