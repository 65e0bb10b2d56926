namespace HaAgent.Cluster.Facts;

/// <summary>What the cluster says of a member node.</summary>
/// <param name="Name">The node's name in the cluster.</param>
public sealed record NodeStatus(string Name)
{
    /// <summary>It is a member and its Pacemaker answers.</summary>
    public bool Online { get; init; }

    /// <summary>It takes no resources because an admin said so.</summary>
    public bool Standby { get; init; }

    /// <summary>Its resources are left alone.</summary>
    public bool Maintenance { get; init; }

    /// <summary>It is about to join.</summary>
    public bool Pending { get; init; }

    /// <summary>It must be fenced before its resources may run elsewhere.</summary>
    public bool Unclean { get; init; }
}

/// <summary>What the cluster says of one instance of a primitive.</summary>
/// <param name="Id">The primitive's name, without an instance number.</param>
/// <param name="Role">Started, Stopped, Starting, Migrating, …</param>
public sealed record ResourceStatus(string Id, string Role)
{
    /// <summary>It runs somewhere.</summary>
    public bool Active { get; init; }

    /// <summary>An operation on it is under way: it is not yet, or no longer, where it says.</summary>
    public bool Pending { get; init; }

    /// <summary>Its last operation failed.</summary>
    public bool Failed { get; init; }

    /// <summary>The cluster acts on it.</summary>
    public bool Managed { get; init; }

    /// <summary>Where it runs.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];
}

/// <summary>A failed operation that the cluster remembers.</summary>
/// <param name="Resource">The primitive, without an instance number.</param>
/// <param name="Operation">start, stop, monitor, migrate_to, …</param>
/// <param name="Node">Where it failed.</param>
public sealed record OperationFailure(string Resource, string Operation, string Node)
{
    /// <summary>What the agent answered, in words.</summary>
    public string Status { get; init; } = "";

    /// <summary>What the agent said.</summary>
    public string Reason { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Resource}: {Operation} failed on {Node}{(Status.Length > 0 ? $" ({Status})" : "")}{(Reason.Length > 0 ? $": {Reason.TrimEnd(' ', ';', ',', '.')}" : "")}";
}
