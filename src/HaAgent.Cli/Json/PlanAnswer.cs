using HaAgent.Cluster.Planning;

namespace HaAgent.Cli.Json;

/// <summary>A plan, as <c>--dry-run --json</c> prints it.</summary>
internal sealed record PlanAnswer(IReadOnlyList<ChangeAnswer> Changes, IReadOnlyList<RefusalAnswer> Refusals, IReadOnlyList<string> Notes)
{
    public static PlanAnswer Of(Plan plan) => new(
        [.. plan.Changes.Select(change => new ChangeAnswer(change.Title, [.. PlanText.Details(change)]))],
        [.. plan.Refusals.Distinct().Select(refusal => new RefusalAnswer(refusal.Sentence, refusal.WayOut))],
        [.. plan.Notes.Distinct()]);
}

internal sealed record ChangeAnswer(string Title, IReadOnlyList<string> Details);

internal sealed record RefusalAnswer(string Sentence, string WayOut);
