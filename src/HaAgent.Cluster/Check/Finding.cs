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
public sealed record Finding(string Check, Severity Severity, string Sentence, string? Mend);
