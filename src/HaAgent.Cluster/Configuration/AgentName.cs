namespace HaAgent.Cluster.Configuration;

/// <summary>The resource agent behind a primitive: <c>ocf:haagent:VirtualDomain</c>, <c>systemd:nginx</c>.</summary>
/// <param name="Class">The standard: ocf, stonith, systemd, …</param>
/// <param name="Provider">The vendor of an OCF agent; null for the other classes.</param>
/// <param name="Type">The agent's own name.</param>
public readonly record struct AgentName(string Class, string? Provider, string Type)
{
    /// <summary>Our own agent.</summary>
    public static readonly AgentName Ours = new("ocf", "haagent", "VirtualDomain");

    /// <summary>The agent of resource-agents that ours replaces.</summary>
    public static readonly AgentName Theirs = new("ocf", "heartbeat", "VirtualDomain");

    /// <summary>Mounts the shared volume.</summary>
    public static readonly AgentName Filesystem = new("ocf", "heartbeat", "Filesystem");

    /// <summary>Runs the distributed lock manager that OCFS2 and GFS2 need.</summary>
    public static readonly AgentName Controld = new("ocf", "pacemaker", "controld");

    /// <summary>Whether the agent manages a libvirt guest.</summary>
    public bool IsVirtualMachine => this == Ours || this == Theirs;

    /// <summary>In full, for sentences.</summary>
    public string FullName => Provider is null ? $"{Class}:{Type}" : $"{Class}:{Provider}:{Type}";

    /// <summary>As the crm shell prints it: the class <c>ocf</c> with the provider <c>heartbeat</c> is its default and is left out.</summary>
    public override string ToString() => (Class, Provider) switch
    {
        ("ocf", "heartbeat") => Type,
        (_, null) => $"{Class}:{Type}",
        _ => $"{Class}:{Provider}:{Type}",
    };
}
