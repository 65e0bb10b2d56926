using System.Xml.Linq;

namespace HaAgent.Cluster.Configuration;

/// <summary>
/// A constraint between two resources, or a resource and a node, as haagent writes it. What a configuration has of it already is judged by
/// all that it says, and not by its name alone: the same name may be an admin's for something else.
/// </summary>
public sealed class PlainConstraint
{
    private readonly XElement element;

    private PlainConstraint(string name, string id, params (string Name, string Value)[] attributes) =>
        element = new XElement(name, (XAttribute[])[new XAttribute("id", id), .. attributes.Select(a => new XAttribute(a.Name, a.Value))]);

    /// <summary>Its name.</summary>
    public string Id => CibXml.Id(element);

    /// <summary>As one types it in the crm shell.</summary>
    public string Text => CrmShell.Show(element);

    /// <summary><c>colocation ID SCORE: RESOURCE WITH</c>.</summary>
    public static PlainConstraint Colocation(string id, string score, string resource, string with) =>
        new("rsc_colocation", id, ("score", score), ("rsc", resource), ("with-rsc", with));

    /// <summary><c>order ID KIND: FIRST THEN</c>.</summary>
    public static PlainConstraint Order(string id, string kind, string first, string then) =>
        new("rsc_order", id, ("kind", kind), ("first", first), ("then", then));

    /// <summary><c>location ID RESOURCE SCORE: NODE</c>.</summary>
    public static PlainConstraint Location(string id, string resource, string score, string node) =>
        new("rsc_location", id, ("rsc", resource), ("score", score), ("node", node));

    /// <summary>Whether the configuration says the same already, under whatever name.</summary>
    public bool IsIn(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        return cib.ConstraintElements.Any(Equals);
    }

    /// <summary>Whether the configuration says the same under that name.</summary>
    public bool IsNamedIn(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        return cib.ConstraintElements.Any(other => CibXml.Id(other) == Id && Equals(other));
    }

    /// <summary>What bears its name and says something else, in the words of the crm shell; null when nothing does.</summary>
    public string? Other(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        if (cib.ConstraintElements.FirstOrDefault(other => CibXml.Id(other) == Id) is { } present)
        {
            string said = CrmShell.Show(present).Replace(" \\\n\t", " ", StringComparison.Ordinal);

            // The difference may be in what that language does not say.
            return Equals(present) ? null
                : said == Text ? present.ToString(SaveOptions.DisableFormatting)
                : said;
        }

        return cib.HasId(Id) ? $"something that is no constraint, named {Id}" : null;
    }

    internal XElement Write() => new(element);

    private bool Equals(XElement other) => XNode.DeepEquals(ConstraintForm.Of(element), ConstraintForm.Of(other));
}

/// <summary>
/// What a constraint says, in one form for all spellings of it: without ids, with what is borrowed in its place, without what is
/// Pacemaker's default anyway (Pacemaker Explained, "Resource Constraints").
/// </summary>
internal static class ConstraintForm
{
    private static readonly (string Element, string Attribute, string Default)[] Defaults =
    [
        ("rsc_location", "role", "Started"),
        ("rsc_location", "resource-discovery", "always"),
        ("rsc_colocation", "rsc-role", "Started"),
        ("rsc_colocation", "with-rsc-role", "Started"),
        ("rsc_colocation", "node-attribute", "#uname"),
        ("rsc_order", "kind", "Mandatory"),
        ("rsc_order", "first-action", "start"),
        ("rsc_order", "then-action", "start"),
        ("rsc_order", "require-all", "true"),
        ("resource_set", "sequential", "true"),
        ("resource_set", "require-all", "true"),
        ("resource_set", "action", "start"),
        ("resource_set", "role", "Started"),
    ];

    private static readonly string[] Booleans = ["symmetrical", "require-all", "sequential"];

    /// <summary>The form.</summary>
    public static XElement Of(XElement constraint)
    {
        XElement said = CibReferences.Definition(constraint) ?? constraint;
        var form = new XElement(said.Name);
        bool mention = CibXml.IsMention(said);
        foreach (XAttribute attribute in said.Attributes().OrderBy(a => a.Name.ToString(), StringComparer.Ordinal))
        {
            string name = attribute.Name.LocalName;
            if (name is "id" or "description" && !mention)
                continue;
            string value = Value(name, attribute.Value);
            if (!IsDefault(said, name, value))
                form.SetAttributeValue(attribute.Name, value);
        }

        form.Add(said.Elements().Select(Of));
        return form;
    }

    private static string Value(string name, string value) =>
        name == "score" ? Score.Write(Score.Parse(value))
        : Booleans.Contains(name) ? (ClusterBoolean.IsTrue(value) ? "true" : "false")
        : value;

    private static bool IsDefault(XElement element, string name, string value)
    {
        // An order that only keeps two actions apart has no opposite.
        if (name == "symmetrical")
            return value == ((string?)element.Attribute("kind") == "Serialize" ? "false" : "true");

        // What then does is what first does, when it is not said.
        if (name == "then-action")
            return value == ((string?)element.Attribute("first-action") ?? "start");
        return Defaults.Contains((element.Name.LocalName, name, value));
    }
}
