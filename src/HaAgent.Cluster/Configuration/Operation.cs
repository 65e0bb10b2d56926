namespace HaAgent.Cluster.Configuration;

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
