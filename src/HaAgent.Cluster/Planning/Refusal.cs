namespace HaAgent.Cluster.Planning;

/// <summary>Why nothing will be changed, and what the admin can do about it.</summary>
/// <param name="Sentence">What stands in the way, on what, and why that matters.</param>
/// <param name="WayOut">What to do next.</param>
public sealed record Refusal(string Sentence, string WayOut);
