namespace HaAgent.Cluster.Configuration;

/// <summary>A resource that one agent manages.</summary>
/// <param name="Id">Its name in the cluster.</param>
/// <param name="Agent">What manages it.</param>
public sealed record Primitive(string Id, AgentName Agent)
{
    /// <summary>Instance attributes, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>Meta attributes, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Meta { get; init; } = [];

    /// <summary>Utilization attributes, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Utilization { get; init; } = [];

    /// <summary>Operations, in their order.</summary>
    public IReadOnlyList<Operation> Operations { get; init; } = [];

    /// <summary>The value of an instance attribute, or null.</summary>
    public string? Parameter(string name) => Find(Parameters, name);

    /// <summary>The value of a meta attribute, or null.</summary>
    public string? MetaValue(string name) => Find(Meta, name);

    /// <summary>The admin, or haagent, wants it stopped.</summary>
    public bool IsToldToStop => TargetRole.IsStopped(MetaValue("target-role"));

    /// <summary>The first operation of that name, or null.</summary>
    public Operation? FindOperation(string name) => Operations.FirstOrDefault(op => op.Name == name);

    private static string? Find(IReadOnlyList<KeyValuePair<string, string>> pairs, string name)
    {
        foreach (KeyValuePair<string, string> pair in pairs)
        {
            if (pair.Key == name)
                return pair.Value;
        }

        return null;
    }
}

/// <summary>The meta attribute target-role, which Pacemaker reads in any case.</summary>
internal static class TargetRole
{
    /// <summary>It says that the resource is to be stopped.</summary>
    public static bool IsStopped(string? role) => string.Equals(role, "Stopped", StringComparison.OrdinalIgnoreCase);
}

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

    /// <summary>As the crm shell prints it: the class <c>ocf</c> with the provider <c>heartbeat</c> is its default and is left
    /// out.</summary>
    public override string ToString() =>
        (Class, Provider) switch
        {
            ("ocf", "heartbeat") => Type,
            (_, null) => $"{Class}:{Type}",
            _ => $"{Class}:{Provider}:{Type}",
        };
}

/// <summary>One <c>op</c> line of a primitive.</summary>
/// <param name="Name">start, stop, monitor, migrate_to, …</param>
/// <param name="Attributes">interval, timeout, on-fail, … in the order in which the CIB holds them.</param>
public sealed record Operation(string Name, IReadOnlyList<KeyValuePair<string, string>> Attributes)
{
    /// <summary>Parameters for this operation alone, such as OCF_CHECK_LEVEL.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>As written in the CIB; "0" for what does not recur.</summary>
    public string Interval => Attribute("interval") ?? "0";

    /// <summary>As written in the CIB; null when the cluster's default counts.</summary>
    public string? Timeout => Attribute("timeout");

    /// <summary>An operation that does not recur.</summary>
    public static Operation Once(string name, string timeout) =>
        new(name, [KeyValuePair.Create("timeout", timeout), KeyValuePair.Create("interval", "0")]);

    /// <summary>The value of an attribute, or null.</summary>
    public string? Attribute(string name) => Attributes.Where(a => a.Key == name).Select(a => a.Value).FirstOrDefault();
}

/// <summary>Primitives that start in order on one node.</summary>
/// <param name="Id">Its name in the cluster.</param>
/// <param name="Members">The primitives, in starting order.</param>
public sealed record Group(string Id, IReadOnlyList<string> Members);

/// <summary>A resource that runs on several nodes at once.</summary>
/// <param name="Id">Its name in the cluster.</param>
/// <param name="Child">The group or primitive that is cloned.</param>
/// <param name="Meta">Meta attributes, in their order.</param>
public sealed record Clone(string Id, string Child, IReadOnlyList<KeyValuePair<string, string>> Meta)
{
    /// <summary>The value of a meta attribute, or null.</summary>
    public string? MetaValue(string name) => Meta.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();

    /// <summary>The admin, or haagent, wants it stopped.</summary>
    public bool IsToldToStop => TargetRole.IsStopped(MetaValue("target-role"));
}
