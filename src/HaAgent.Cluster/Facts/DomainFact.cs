namespace HaAgent.Cluster.Facts;

/// <summary>A domain that a node's libvirt knows.</summary>
/// <param name="Name">Its name.</param>
public sealed record DomainFact(string Name)
{
    /// <summary>It runs there, or is paused.</summary>
    public bool Active { get; init; }

    /// <summary>libvirt starts it when the node boots.</summary>
    public bool Autostart { get; init; }

    /// <summary>It is defined there, not only running.</summary>
    public bool Persistent { get; init; }

    /// <summary>The XML for its next start, with passwords; null when it was not asked for.</summary>
    public string? Xml { get; init; }
}
