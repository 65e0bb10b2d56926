using System.Xml.Linq;

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
    /// <summary>What else it says, beyond resources, strength and sequence: roles, actions, a lifetime, sets shared with other
    /// constraints.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>Every resource the constraint names.</summary>
    public IEnumerable<string> Resources => Sets.SelectMany(set => set.Resources);
}

/// <summary>A location constraint for one resource.</summary>
/// <param name="Id">Its name in the cluster.</param>
/// <param name="Resource">The resource it places.</param>
/// <param name="Node">The node it names; null when it has rules, which are not evaluated here.</param>
/// <param name="Score">How much; -INFINITY is a ban.</param>
public sealed record Placement(string Id, string Resource, string? Node, long Score)
{
    /// <summary>It keeps the resource off the node.</summary>
    public bool IsBan => Node is not null && Score <= -Configuration.Score.Infinity;

    /// <summary>It was left by <c>crm resource move</c> or <c>ban</c> (crm_resource): such constraints are meant for a while
    /// only.</summary>
    public bool IsLeftByMove => Id.StartsWith("cli-", StringComparison.Ordinal);

    /// <summary>Every location constraint, one for each resource that it names.</summary>
    public static IEnumerable<Placement> All(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        foreach (XElement location in cib.Objects.Where(o => o.Name.LocalName == "rsc_location"))
        {
            string? node = (string?)location.Attribute("node");
            string? score = (string?)location.Attribute("score");

            // crm resource move with a lifetime writes the node as an expression of a rule.
            if (
                node is null
                && location.Elements("rule").ToArray() is [var rule]
                && rule.Descendants("expression").ToArray() is [var expression]
                && (string?)expression.Attribute("attribute") == "#uname"
                && (string?)expression.Attribute("operation") == "eq"
            )
                (node, score) = ((string?)expression.Attribute("value"), (string?)rule.Attribute("score"));
            IEnumerable<string> resources = location
                .Descendants("resource_ref")
                .Select(CibXml.Id)
                .Append((string?)location.Attribute("rsc") ?? "");
            foreach (string resource in resources.Where(r => r.Length > 0))
                yield return new Placement(CibXml.Id(location), resource, node, Configuration.Score.Parse(score));
        }
    }
}
