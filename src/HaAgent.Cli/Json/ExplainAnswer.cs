using HaAgent.Cluster.Explain;

namespace HaAgent.Cli.Json;

/// <summary>What <c>explain --json</c> prints.</summary>
internal sealed record ExplainAnswer(string Guest, string Headline, IReadOnlyList<string> Nodes, IReadOnlyList<CauseAnswer> Causes)
{
    public static ExplainAnswer Of(string guest, Explanation explanation) => new(
        guest, explanation.Headline, explanation.Sightings, [.. explanation.Causes.Select(c => new CauseAnswer(Explanation.Word(c.Likelihood), c.Sentence, c.Next))]);
}

internal sealed record CauseAnswer(string Likelihood, string Sentence, string? Next);
