using System.Xml.Linq;

namespace HaAgent.Cluster.Configuration;

/// <summary>
/// Makes a primitive of its own out of one that is made from a template, with what Pacemaker makes of both: the template's content, before
/// it what the primitive says itself. The template stays as it is; the ids of the copy are the primitive's.
/// </summary>
internal static class TemplateExpansion
{
    private static readonly string[] Sets = ["instance_attributes", "meta_attributes", "utilization"];

    /// <summary>Expands a primitive where it stands.</summary>
    /// <param name="primitive">The primitive.</param>
    /// <param name="resources">The section that holds the template.</param>
    /// <exception cref="InvalidOperationException">The template is not there.</exception>
    public static void Expand(XElement primitive, XElement resources)
    {
        string name = (string)primitive.Attribute("template")!;
        XElement template =
            resources.Elements("template").FirstOrDefault(t => CibXml.Id(t) == name)
            ?? throw new InvalidOperationException($"the CIB has no template {name}");
        XElement root = resources.AncestorsAndSelf().Last();
        primitive.Attribute("template")!.Remove();
        CibXml.WriteAgent(primitive, CibXml.ReadAgent(template));
        if (primitive.Attribute("description") is null && template.Attribute("description") is { } description)
            primitive.Add(new XAttribute(description));

        // In the template's order, and before what the primitive says itself.
        XElement? last = null;
        foreach (XElement part in template.Elements())
        {
            if (part.Name.LocalName == "operations" && primitive.Element("operations") is { } own)
            {
                Operations(own, part, name, primitive, root);
                continue;
            }

            if (OwnPlainSet(primitive, part) is { } target)
            {
                Pairs(target, part, name, primitive, root);
                last = target;
                continue;
            }

            XElement copy = CibReferences.Copy(part, name, CibXml.Id(primitive), root);
            if (last is null)
                primitive.AddFirst(copy);
            else
                last.AddAfterSelf(copy);
            last = copy;
        }
    }

    // Two sets that always hold read best as one.
    private static XElement? OwnPlainSet(XElement primitive, XElement part) =>
        Sets.Contains(part.Name.LocalName) && IsPlain(part) ? primitive.Elements(part.Name).FirstOrDefault(IsPlain) : null;

    private static bool IsPlain(XElement set) =>
        set.Attribute("id-ref") is null && set.Attribute("score") is null && set.Element("rule") is null && !CibReferences.IsBorrowed(set);

    private static void Pairs(XElement target, XElement part, string name, XElement primitive, XElement root)
    {
        string[] said = [.. primitive.Elements(part.Name).Where(IsPlain).Elements("nvpair").Select(p => CibXml.ReadPair(p).Key)];
        target.AddFirst(
            part.Elements("nvpair")
                .Where(p => !said.Contains(CibXml.ReadPair(p).Key))
                .Select(p => CibReferences.Copy(p, name, CibXml.Id(primitive), root))
                .ToArray()
        );
    }

    // Pacemaker tells operations apart by name and role (template_op_key).
    private static void Operations(XElement own, XElement part, string name, XElement primitive, XElement root)
    {
        if (CibReferences.Definition(part) is not { } lent)
            return;
        if (CibReferences.IsShared(own))
            own = CibReferences.Own(own, CibXml.Id(primitive)) ?? own;
        (string, string)[] said = [.. own.Elements("op").Select(Key)];
        XElement[] inherited = [.. lent.Elements("op").Where(op => !said.Contains(Key(op)))];
        own.Add(inherited.Select(op => CibReferences.Copy(op, name, CibXml.Id(primitive), root)).ToArray());
    }

    private static (string Name, string Role) Key(XElement op) =>
        (
            (string?)op.Attribute("name") ?? "",
            (string?)op.Attribute("role") is { } role and not ("Started" or "Slave" or "Unpromoted") ? role : ""
        );
}
