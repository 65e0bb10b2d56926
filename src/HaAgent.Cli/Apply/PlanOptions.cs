namespace HaAgent.Cli.Apply;

/// <summary>How a plan is carried out.</summary>
/// <param name="DryRun">Stop after showing it.</param>
/// <param name="Yes">Do not ask.</param>
/// <param name="Json">Show it in JSON.</param>
internal sealed record PlanOptions(bool DryRun, bool Yes, bool Json)
{
    /// <summary>The verb, as typed.</summary>
    public required string Verb { get; init; }
}
