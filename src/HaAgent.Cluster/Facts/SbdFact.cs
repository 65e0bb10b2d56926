namespace HaAgent.Cluster.Facts;

/// <summary>Storage-based fencing on a node, as its configuration has it.</summary>
/// <param name="Devices">The devices, by name and by where the name leads; none for a set-up with a watchdog alone.</param>
public sealed record SbdFact(IReadOnlyDictionary<string, string> Devices)
{
    /// <summary>Whether its daemon runs.</summary>
    public bool Running { get; init; }

    /// <summary>Whether the node has a watchdog device.</summary>
    public bool Watchdog { get; init; }
}
