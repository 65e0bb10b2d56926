namespace HaAgent.Cluster.Check.Guests;

/// <summary>Guests that are looked at though the cluster does not have them.</summary>
/// <param name="Names">Their domains' names.</param>
/// <param name="Everything">Whether every domain that any node's libvirt has defined is one.</param>
/// <param name="Texts">The XML of those that come from a file, by the domain's name.</param>
public sealed record Candidates(IReadOnlyList<string> Names, bool Everything, IReadOnlyDictionary<string, string> Texts)
{
    /// <summary>Domains by their names.</summary>
    public static Candidates Of(IReadOnlyList<string> names) => new(names, false, new Dictionary<string, string>());
}
