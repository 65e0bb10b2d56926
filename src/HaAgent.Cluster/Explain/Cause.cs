namespace HaAgent.Cluster.Explain;

/// <summary>How sure it is that this is why. The order is the order of the answer.</summary>
public enum Likelihood
{
    /// <summary>This alone is enough.</summary>
    Certain,

    /// <summary>Most likely, or part of it.</summary>
    Likely,

    /// <summary>It may play a part.</summary>
    Possible,
}

/// <summary>A reason why a guest is where it is, or does not run.</summary>
/// <param name="Likelihood">How sure.</param>
/// <param name="Sentence">What was found.</param>
/// <param name="Next">What to do about it; null when nothing is to be done.</param>
public sealed record Cause(Likelihood Likelihood, string Sentence, string? Next)
{
    /// <summary>This alone is enough.</summary>
    public static Cause Certain(string sentence, string? next = null) => new(Likelihood.Certain, sentence, next);

    /// <summary>Most likely, or part of it.</summary>
    public static Cause Likely(string sentence, string? next = null) => new(Likelihood.Likely, sentence, next);

    /// <summary>It may play a part.</summary>
    public static Cause Possible(string sentence, string? next = null) => new(Likelihood.Possible, sentence, next);
}
