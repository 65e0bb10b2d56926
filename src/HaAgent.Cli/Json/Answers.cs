using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaAgent.Cluster.Check;
using HaAgent.Cluster.Evacuate;
using HaAgent.Cluster.Explain;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Status;
using HaAgent.Cluster.Verify;

namespace HaAgent.Cli.Json;

/// <summary>Every answer that <c>--json</c> can give; the code that writes them is made when haagent is built.</summary>
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(EvacuationAnswer))]
[JsonSerializable(typeof(ExplainAnswer))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(VerifyAnswer))]
internal sealed partial class Answers : JsonSerializerContext
{
    /// <summary>Indented, and with its letters as they are: sentences are read by people too.</summary>
    public static readonly Answers Readable = new(
        new JsonSerializerOptions
        {
            WriteIndented = true,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }
    );
}

/// <summary>What <c>check --json</c> prints.</summary>
internal sealed record CheckAnswer(int Ok, int Warnings, int Errors, IReadOnlyList<FindingAnswer> Findings)
{
    public static CheckAnswer Of(IReadOnlyList<Finding> findings) =>
        new(
            findings.Count(f => f.Severity == Severity.Ok),
            findings.Count(f => f.Severity == Severity.Warning),
            findings.Count(f => f.Severity == Severity.Error),
            [.. findings.Select(f => new FindingAnswer(f.Check, Word(f.Severity), f.Sentence, f.Mend?.ToString()))]
        );

    private static string Word(Severity severity) =>
        severity switch
        {
            Severity.Ok => "ok",
            Severity.Warning => "warning",
            Severity.Error => "error",
        };
}

internal sealed record FindingAnswer(string Check, string Severity, string Sentence, string? Mend);

/// <summary>What <c>evacuate --dry-run --json</c> prints.</summary>
internal sealed record EvacuationAnswer(
    string Node,
    IReadOnlyList<GuestEvacuationAnswer> Guests,
    IReadOnlyList<string> Unmanaged,
    IReadOnlyList<string> Others,
    IReadOnlyList<string> NotLearned
)
{
    public static EvacuationAnswer Of(Evacuation evacuation, IReadOnlyList<string> unmanaged, IReadOnlyList<string> notLearned) =>
        new(evacuation.Node, [.. evacuation.Guests.Select(g => Of(g.Guest, g.Outcome))], unmanaged, evacuation.Others, notLearned);

    private static GuestEvacuationAnswer Of(string guest, EvacuationOutcome outcome) =>
        outcome switch
        {
            EvacuationOutcome.Migrates m => new(guest, "migrate", m.To, null),
            EvacuationOutcome.Restarts r => new(guest, "restart", r.To, r.Because),
            EvacuationOutcome.Stuck s => new(guest, "stuck", s.To, s.Because),
            _ => throw new InvalidOperationException(),
        };
}

internal sealed record GuestEvacuationAnswer(string Guest, string Fate, string? To, string? Because);

/// <summary>What <c>explain --json</c> prints.</summary>
internal sealed record ExplainAnswer(
    string Guest,
    string Headline,
    IReadOnlyList<string> Nodes,
    IReadOnlyList<CauseAnswer> Causes,
    IReadOnlyList<string> NotLearned
)
{
    public static ExplainAnswer Of(string guest, Explanation explanation) =>
        new(
            guest,
            explanation.Headline,
            explanation.Sightings,
            [.. explanation.Causes.Select(c => new CauseAnswer(Explanation.Word(c.Likelihood), c.Sentence, c.Next?.ToString()))],
            explanation.NotLearned
        );
}

internal sealed record CauseAnswer(string Likelihood, string Sentence, string? Next);

/// <summary>A plan, as <c>--dry-run --json</c> prints it.</summary>
internal sealed record PlanAnswer(IReadOnlyList<ChangeAnswer> Changes, IReadOnlyList<RefusalAnswer> Refusals, IReadOnlyList<string> Notes)
{
    public static PlanAnswer Of(Plan plan) =>
        new(
            [.. plan.Changes.Select(change => new ChangeAnswer(change.Title, [.. PlanText.Details(change)]))],
            [.. plan.Refusals.Distinct().Select(refusal => new RefusalAnswer(refusal.Sentence, refusal.WayOut.ToString()))],
            [.. plan.Notes.Distinct()]
        );
}

internal sealed record ChangeAnswer(string Title, IReadOnlyList<string> Details);

internal sealed record RefusalAnswer(string Sentence, string WayOut);

/// <summary>What <c>status --json</c> prints. Times are in ISO 8601 and UTC, durations in milliseconds.</summary>
internal sealed record StatusAnswer(
    bool Quorum,
    string? Controller,
    IReadOnlyList<NodeStatusAnswer> Nodes,
    IReadOnlyList<StorageAnswer> LockStorage,
    IReadOnlyList<GuestStatusAnswer> Guests,
    IReadOnlyList<string> Standstills,
    IReadOnlyList<string> NotLearned
)
{
    public static StatusAnswer Of(StatusReport report) =>
        new(
            report.HasQuorum,
            report.Controller,
            [.. report.Nodes.Select(n => new NodeStatusAnswer(n.Name, n.State, n.Guests, n.Problem))],
            [.. report.Storage.Select(s => new StorageAnswer(s.Name, s.RunsOn, s.Missing))],
            [.. report.Guests.Select(Guest)],
            [.. report.Standstills.Select(standstill => standstill.Sentence)],
            report.NotLearned
        );

    private static GuestStatusAnswer Guest(GuestReport guest) =>
        new(
            guest.Name,
            guest.Nodes,
            guest.State,
            guest.Lease,
            guest.Migration is { } m
                ? new MigrationAnswer(m.From, m.To, m.When, m.Took?.TotalMilliseconds, guest.Downtime?.TotalMilliseconds)
                : null,
            guest.Failures,
            guest.Dangers
        );
}

internal sealed record NodeStatusAnswer(string Name, string State, IReadOnlyList<string> Guests, string? Problem);

internal sealed record StorageAnswer(string Name, IReadOnlyList<string> RunsOn, IReadOnlyDictionary<string, IReadOnlyList<string>> Missing);

internal sealed record GuestStatusAnswer(
    string Name,
    IReadOnlyList<string> Nodes,
    string State,
    string LeaseHolder,
    MigrationAnswer? LastMigration,
    IReadOnlyList<string> Failures,
    IReadOnlyList<string> Dangers
);

internal sealed record MigrationAnswer(
    string From,
    string To,
    DateTimeOffset? When,
    double? TookMilliseconds,
    double? DowntimeMilliseconds
);

/// <summary>What <c>verify --json</c> prints at its end.</summary>
internal sealed record VerifyAnswer(string Guest, IReadOnlyList<TestAnswer> Tests)
{
    public static VerifyAnswer Of(string guest, IEnumerable<GuideTestResult> results) =>
        new(guest, [.. results.Select(r => new TestAnswer(Word(r.Test), Word(r.Verdict), r.Expected, r.Seen))]);

    public static string Word(GuideTest test) =>
        test switch
        {
            GuideTest.Lock => "lock",
            GuideTest.Migrate => "migrate",
            GuideTest.Reboot => "reboot",
            GuideTest.Crash => "crash",
        };

    public static string Word(Verdict verdict) =>
        verdict switch
        {
            Verdict.Passed => "passed",
            Verdict.Otherwise => "protected otherwise",
            Verdict.Failed => "FAILED",
            Verdict.Unknown => "not proven",
        };
}

internal sealed record TestAnswer(string Test, string Verdict, string Expected, string Seen);
