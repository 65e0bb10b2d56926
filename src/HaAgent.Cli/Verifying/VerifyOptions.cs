using HaAgent.Cluster.Verify;

namespace HaAgent.Cli.Verifying;

/// <summary>What was asked of verify.</summary>
/// <param name="Vm">The guest.</param>
/// <param name="Tests">The tests, in the guide's order.</param>
/// <param name="Port">The guest's TCP port.</param>
/// <param name="Wait">The longest wait for a node to leave or come back.</param>
internal sealed record VerifyOptions(string Vm, IReadOnlyList<GuideTest> Tests, int Port, TimeSpan Wait)
{
    /// <summary>The guest's address; null: to be found.</summary>
    public string? Address { get; init; }

    /// <summary>A line to send; null: SSH or keep-alive.</summary>
    public string? Send { get; init; }

    /// <summary>The node that may be rebooted or crashed; null: ask.</summary>
    public string? YesIMean { get; init; }

    public bool Json { get; init; }
}
