namespace HaAgent.Cluster.Add;

/// <summary>What the admin wants of <c>haagent add</c>, for all guests named in one command.</summary>
/// <param name="GroupClone">The name of the clone that carries the lock storage.</param>
public sealed record AddIntent(string GroupClone)
{
    /// <summary>The colocation that all guests share.</summary>
    public string Colocation { get; init; } = "col-fs-virt";

    /// <summary>The order that all guests share.</summary>
    public string Order { get; init; } = "o-fs-virt";

    /// <summary>Whether the guests move live; otherwise they are stopped and started.</summary>
    public bool Migrate { get; init; } = true;

    /// <summary>What a guest uses of a node, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Utilization { get; init; } = [];

    /// <summary>The guests' rank when not all can run; null for the cluster's default.</summary>
    public int? Priority { get; init; }

    /// <summary>The node on which they run when they can; null for none.</summary>
    public string? PreferredNode { get; init; }

    /// <summary>Guests of the cluster that start first, when they start at the same time.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Guests of the cluster with which these share a node only when there is no other.</summary>
    public IReadOnlyList<string> ApartFrom { get; init; } = [];

    /// <summary>The name of the guest node that the guest becomes, through pacemaker_remote; null for none.</summary>
    public string? GuestNode { get; init; }
}
