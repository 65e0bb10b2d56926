using HaAgent.Cluster.Check;

namespace HaAgent.Cli.Json;

/// <summary>What <c>check --json</c> prints.</summary>
internal sealed record CheckAnswer(int Ok, int Warnings, int Errors, IReadOnlyList<FindingAnswer> Findings)
{
    public static CheckAnswer Of(IReadOnlyList<Finding> findings) => new(
        findings.Count(f => f.Severity == Severity.Ok), findings.Count(f => f.Severity == Severity.Warning), findings.Count(f => f.Severity == Severity.Error),
        [.. findings.Select(f => new FindingAnswer(f.Check, Word(f.Severity), f.Sentence, f.Mend))]);

    private static string Word(Severity severity) => severity switch
    {
        Severity.Ok => "ok",
        Severity.Warning => "warning",
        Severity.Error => "error",
    };
}

internal sealed record FindingAnswer(string Check, string Severity, string Sentence, string? Mend);
