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
