namespace HaAgent.Cluster.Configuration;

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
