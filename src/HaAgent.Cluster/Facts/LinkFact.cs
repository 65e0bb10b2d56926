namespace HaAgent.Cluster.Facts;

/// <summary>A network interface of a node.</summary>
/// <param name="Name">Its name.</param>
public sealed record LinkFact(string Name)
{
    /// <summary>Whether it is a bridge.</summary>
    public bool Bridge { get; init; }

    /// <summary>The bridge or bond it is a port of; null when there is none.</summary>
    public string? Master { get; init; }

    /// <summary>Its addresses, without prefix lengths.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}
