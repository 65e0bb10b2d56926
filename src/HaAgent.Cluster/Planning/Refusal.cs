namespace HaAgent.Cluster.Planning;

/// <summary>Why nothing will be changed, and what the admin can do about it.</summary>
/// <param name="Sentence">What stands in the way, on what, and why that matters.</param>
/// <param name="WayOut">What to do next.</param>
public sealed record Refusal(string Sentence, string WayOut)
{
    /// <summary>Something could not be learned: nobody knows whether it stands in the way.</summary>
    public bool IsNotLearned { get; init; }

    /// <summary>Refuses because something could not be learned.</summary>
    /// <param name="what">What, as the object of "cannot tell".</param>
    /// <param name="node">The node.</param>
    /// <param name="why">Why, as the end of a sentence.</param>
    public static Refusal NotLearned(string what, string node, string why) =>
        new($"haagent cannot tell {what} on {node}: {why.TrimEnd('.')}; so nothing is changed", $"see to that on {node}, then run this again") { IsNotLearned = true };
}
