using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but not as well as it could, or not in every case.</summary>
    Warning,

    /// <summary>High availability is broken, or will be when it is needed.</summary>
    Error,
}

/// <summary>What a check found.</summary>
/// <param name="Check">The name of the check.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Sentence">What was found, on what, in one sentence.</param>
/// <param name="Mend">The command or the step that mends it; null when all is well.</param>
public sealed record Finding(string Check, Severity Severity, string Sentence, string? Mend)
{
    /// <summary>It could not be looked at.</summary>
    public bool IsNotLearned { get; init; }

    /// <summary>What could not be looked at: no fault is known of it, and neither is that there is none.</summary>
    /// <param name="check">The name of the check.</param>
    /// <param name="what">What could not be learned, as the beginning of a sentence.</param>
    /// <param name="node">The node.</param>
    /// <param name="why">Why, as the end of a sentence.</param>
    public static Finding NotLearned(string check, string what, string node, string why) =>
        new(check, Severity.Warning, $"{what} on {node} could not be learned: {why.TrimEnd('.')}", $"see to that on {node}, then run this again") { IsNotLearned = true };

    /// <summary>The finding that a fact could not be learned; null when it was.</summary>
    internal static Finding? Unless<T>(string check, string what, NodeFacts node, Fact<T> fact)
        where T : notnull => fact.IsNotLearned(out string? why) ? NotLearned(check, what, node.Name, why) : null;
}
