using System.Text;
using System.Xml.Linq;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Configuration;

/// <summary>Says a piece of the CIB in the language of the crm shell, as <c>crm configure show</c> does: what a sysadmin would
/// type.</summary>
public static class CrmShell
{
    private const string Break = " \\\n\t";

    /// <summary>The lines of one object of the CIB.</summary>
    public static string Show(Cib cib, string id)
    {
        ArgumentNullException.ThrowIfNull(cib);
        return cib.Objects.Where(e => CibXml.Id(e) == id).Select(Show).FirstOrDefault()
            ?? throw new ArgumentException($"the CIB has no object {id}", nameof(id));
    }

    /// <summary>What turns one CIB into the other, object by object.</summary>
    public static IReadOnlyList<CrmChange> Compare(Cib before, Cib after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var old = before.Objects.GroupBy(Key).ToDictionary(g => g.Key, g => g.First());
        var changes = new List<CrmChange>();
        foreach (XElement element in after.Objects)
        {
            if (!old.Remove(Key(element), out XElement? was))
                changes.Add(new CrmChange(CibXml.Id(element), null, Show(element)));
            else if (Show(was) != Show(element))
                changes.Add(new CrmChange(CibXml.Id(element), Show(was), Show(element)));
            // What this language cannot say is shown all the same.
            else if (!XNode.DeepEquals(Own(was), Own(element)))
                changes.Add(new CrmChange(CibXml.Id(element), Raw(was), Raw(element)));
        }

        changes.AddRange(old.Values.Select(gone => new CrmChange(CibXml.Id(gone), Show(gone), null)));
        return changes;
    }

    // The name of a user among the ACLs may be that of a resource.
    private static (string, string) Key(XElement element) => (element.Name.LocalName, CibXml.Id(element));

    // What a container holds is an object of its own.
    private static XElement Own(XElement element) =>
        new(
            element.Name,
            CibXml.Sorted(element).Attributes(),
            element
                .Elements()
                .Select(child =>
                    child.Name.LocalName is "primitive" or "group" ? new XElement(child.Name, child.Attribute("id")) : CibXml.Sorted(child)
                )
        );

    private static string Raw(XElement element) => "xml " + element.ToString(SaveOptions.DisableFormatting);

    internal static string Show(XElement element) =>
        element.Name.LocalName switch
        {
            "primitive" => Primitive(element, "primitive"),
            "template" => Primitive(element, "rsc_template"),
            "group" => Container(element, "group"),
            "clone" => Container(element, "clone"),
            "master" => Container(element, "ms"),
            "rsc_colocation" => Related(element, "colocation", "rsc", "with-rsc"),
            "rsc_order" => Related(element, "order", "first", "then"),
            "rsc_location"
                when element.Element("rule") is null && element.Attribute("node") is not null && element.Attribute("rsc") is not null =>
                Location(element),
            "node" => Node(element),
            "cluster_property_set" => Properties(element, "property"),
            "meta_attributes" when element.Parent?.Name.LocalName == "rsc_defaults" => Properties(element, "rsc_defaults"),
            "meta_attributes" when element.Parent?.Name.LocalName == "op_defaults" => Properties(element, "op_defaults"),
            "tag" => string.Join(' ', ["tag", CibXml.Id(element), .. element.Elements("obj_ref").Select(CibXml.Id)]),
            "acl_role" => Role(element),

            // The crm shell does the same with what its language cannot say.
            _ => Raw(element),
        };

    private static string Primitive(XElement element, string word)
    {
        string agent = (string?)element.Attribute("template") is { } template ? "@" + template : CibXml.ReadAgent(element).ToString();
        var text = new StringBuilder($"{word} {CibXml.Id(element)} {agent}");
        foreach (XElement child in element.Elements())
        {
            if (child.Name.LocalName == "operations")
            {
                foreach (XElement op in child.Elements("op"))
                    text.Append(Break).Append(Op(op));
            }
            else
            {
                AppendSet(text, child);
            }
        }

        return text.ToString();
    }

    private static string Op(XElement op)
    {
        IEnumerable<string> attributes = op.Attributes()
            .Where(a => a.Name.LocalName is not ("id" or "name"))
            .Select(a => Pair(a.Name.LocalName, a.Value));
        string line = string.Join(' ', [$"op {(string?)op.Attribute("name")}", .. attributes]);
        string[] parameters = [.. op.Elements("instance_attributes").Elements("nvpair").Select(Pair)];
        return parameters.Length == 0 ? line : $"{line}{Break}op_params {string.Join(' ', parameters)}";
    }

    private static string Container(XElement element, string word)
    {
        IEnumerable<string> children = element.Elements().Where(e => e.Name.LocalName is "primitive" or "group").Select(CibXml.Id);
        var text = new StringBuilder($"{word} {CibXml.Id(element)} {string.Join(' ', children)}");
        foreach (XElement child in element.Elements())
            AppendSet(text, child);
        return text.ToString();
    }

    private static void AppendSet(StringBuilder text, XElement set)
    {
        string? word = set.Name.LocalName switch
        {
            "instance_attributes" => "params",
            "meta_attributes" => "meta",
            "utilization" => "utilization",
            _ => null,
        };
        if (word is null)
            return;
        IEnumerable<string> pairs = set.Elements("nvpair").Select(Pair);
        text.Append(Break)
            .Append(word)
            .Append(' ')
            .AppendJoin(' ', (string?)set.Attribute("id-ref") is { } lent ? pairs.Prepend($"$id-ref={lent}") : pairs);
    }

    private static string Role(XElement element)
    {
        var text = new StringBuilder($"role {CibXml.Id(element)}");
        foreach (XElement permission in element.Elements("acl_permission"))
        {
            IEnumerable<string> words = permission
                .Attributes()
                .Select(a =>
                    a.Name.LocalName switch
                    {
                        "xpath" => $"xpath:\"{a.Value}\"",
                        "reference" => $"ref:{a.Value}",
                        "object-type" => $"type:{a.Value}",
                        "attribute" => $"attribute:{a.Value}",
                        _ => "",
                    }
                )
                .Where(word => word.Length > 0);
            text.Append(Break).Append((string?)permission.Attribute("kind")).Append(' ').AppendJoin(' ', words);
        }

        return text.ToString();
    }

    private static string Related(XElement element, string word, string first, string second)
    {
        string strength =
            (string?)element.Attribute("kind")
            ?? ((string?)element.Attribute("score") ?? "").Replace("INFINITY", "inf", StringComparison.Ordinal);
        XElement[] sets = [.. element.Elements("resource_set")];
        IEnumerable<string> resources = sets.Length > 0 ? Sets(sets) : [Reference(element, first), Reference(element, second)];
        string head = strength.Length > 0 ? $"{word} {CibXml.Id(element)} {strength}:" : $"{word} {CibXml.Id(element)}";
        IEnumerable<string> further = element
            .Attributes()
            .Where(a => a.Name.LocalName is "symmetrical" or "node-attribute")
            .Select(a => Pair(a.Name.LocalName, a.Value));
        return string.Join(' ', [head, .. resources, .. further]);
    }

    private static string Reference(XElement element, string name)
    {
        string resource = (string?)element.Attribute(name) ?? "";
        string? detail = (string?)element.Attribute(name + "-action") ?? (string?)element.Attribute(name + "-role");
        return detail is null ? resource : $"{resource}:{detail}";
    }

    private static IEnumerable<string> Sets(XElement[] sets)
    {
        static bool Off(XElement set, string name) => ClusterBoolean.IsFalse((string?)set.Attribute(name));

        // A set that is borrowed from another constraint is shown as what it says.
        sets = [.. sets.Select(set => CibReferences.Definition(set) ?? set)];

        // Two resources in sets read like a plain constraint; the crm shell marks the difference with this word when the last set is a
        // plain one.
        int resources = sets.Elements("resource_ref").Count();
        if (resources <= 2 && !Off(sets[^1], "sequential") && !Off(sets[^1], "require-all"))
            yield return "_rsc_set_";
        foreach (XElement set in sets)
        {
            bool anyOf = Off(set, "require-all");
            bool apart = Off(set, "sequential");
            string? detail = (string?)set.Attribute("action") ?? (string?)set.Attribute("role");
            if (anyOf || apart)
                yield return anyOf ? "[" : "(";
            foreach (XElement reference in set.Elements("resource_ref"))
                yield return detail is null ? CibXml.Id(reference) : $"{CibXml.Id(reference)}:{detail}";
            if (anyOf && !apart)
                yield return "sequential=true";
            if (anyOf || apart)
                yield return anyOf ? "]" : ")";
        }
    }

    private static string Location(XElement element)
    {
        string score = ((string?)element.Attribute("score") ?? "").Replace("INFINITY", "inf", StringComparison.Ordinal);
        return $"location {CibXml.Id(element)} {(string?)element.Attribute("rsc")} {score}: {(string?)element.Attribute("node")}";
    }

    private static string Node(XElement element)
    {
        var text = new StringBuilder($"node {CibXml.Id(element)}: {(string?)element.Attribute("uname")}");
        foreach (XElement set in element.Elements().Where(s => s.HasElements))
        {
            text.Append(Break).Append(set.Name.LocalName == "utilization" ? "utilization " : "attributes ");
            text.AppendJoin(' ', set.Elements("nvpair").Select(Pair));
        }

        return text.ToString();
    }

    private static string Properties(XElement element, string word)
    {
        var text = new StringBuilder($"{word} {CibXml.Id(element)}:");
        foreach (XElement pair in element.Elements("nvpair"))
            text.Append(Break).Append(Pair(pair));
        return text.ToString();
    }

    private static string Pair(XElement pair)
    {
        (string name, string value) = CibXml.ReadPair(pair);
        return Pair(name, value);
    }

    private static string Pair(string name, string value) => $"{name}={Quote(value)}";

    private static string Quote(string value) =>
        value.Length > 0 && value.All(c => char.IsLetterOrDigit(c) || c is '_' or '.' or '-')
            ? value
            // A line break in a value must not look like the next line.
            : $"\"{Printable.Line(value).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

/// <summary>What becomes of one object of the CIB, in the language of the crm shell.</summary>
/// <param name="Id">The object's name.</param>
/// <param name="Before">Its lines before; null when it is new.</param>
/// <param name="After">Its lines after; null when it goes.</param>
public sealed record CrmChange(string Id, string? Before, string? After)
{
    private const string Break = " \\\n\t";

    /// <summary>
    /// As a sysadmin reviews it: a new object as one types it; one that goes marked -; of one that changes the first line, and what goes
    /// and comes in it.
    /// </summary>
    public IEnumerable<string> Review() =>
        (Before, After) switch
        {
            (null, { } after) => after.Split('\n'),
            ({ } before, null) => before.Split('\n').Select(line => "- " + line),
            ({ } before, { } after) => Differences(before.Split(Break), after.Split(Break)),
            _ => [],
        };

    private static IEnumerable<string> Differences(string[] before, string[] after)
    {
        if (before[0] == after[0])
            yield return "  " + before[0];
        foreach (string line in before.Except(after))
            yield return "- " + (line == before[0] ? line : "\t" + line);
        foreach (string line in after.Except(before))
            yield return "+ " + (line == after[0] ? line : "\t" + line);
    }
}
