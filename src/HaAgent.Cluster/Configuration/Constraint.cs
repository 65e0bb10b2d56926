namespace HaAgent.Cluster.Configuration;

/// <summary>Which kind of constraint.</summary>
public enum ConstraintKind
{
    /// <summary>Resources on the same node, or never on the same node.</summary>
    Colocation,

    /// <summary>One resource before another.</summary>
    Order,

    /// <summary>A resource on or off a node.</summary>
    Location,

    /// <summary>Everything else, such as tickets.</summary>
    Other,
}

/// <summary>One set of resources within a constraint.</summary>
/// <param name="Resources">The resources named, in their order.</param>
/// <param name="Sequential">False for the crm shell's parentheses: the members do not depend on each other.</param>
public sealed record ResourceSet(IReadOnlyList<string> Resources, bool Sequential);

/// <summary>A constraint, as far as we judge it.</summary>
/// <param name="Id">Its name in the cluster.</param>
/// <param name="Kind">What it constrains.</param>
/// <param name="Strength">Score or kind as written: INFINITY, Mandatory, 100, …</param>
/// <param name="Sets">Its resource sets; a constraint without sets has its resources here as one set each, in the order written.</param>
/// <param name="WrittenAsSets">Whether the CIB holds resource sets, not two plain references.</param>
public sealed record Constraint(string Id, ConstraintKind Kind, string Strength, IReadOnlyList<ResourceSet> Sets, bool WrittenAsSets)
{
    /// <summary>What else it says, beyond resources, strength and sequence: roles, actions, a lifetime, sets shared with other constraints.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>Every resource the constraint names.</summary>
    public IEnumerable<string> Resources => Sets.SelectMany(set => set.Resources);
}
