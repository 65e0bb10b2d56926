using System.Xml.Linq;

namespace HaAgent.Cluster.Configuration;

/// <summary>From CIB elements to our records and back; the ids are made as the crm shell makes them.</summary>
internal static class CibXml
{
    public static Primitive ReadPrimitive(XElement element) =>
        new(Id(element), ReadAgent(element))
        {
            Parameters = ReadPairs(element, "instance_attributes"),
            Meta = ReadPairs(element, "meta_attributes"),
            Utilization = ReadPairs(element, "utilization"),
            Operations =
            [
                .. element.Elements("operations").Select(CibReferences.Definition).OfType<XElement>().Elements("op").Select(ReadOperation),
            ],
        };

    public static AgentName ReadAgent(XElement element) =>
        new((string?)element.Attribute("class") ?? "", (string?)element.Attribute("provider"), (string?)element.Attribute("type") ?? "");

    /// <summary>Whether its id is that of another element, which it names.</summary>
    public static bool IsMention(XElement element) => element.Name.LocalName is "resource_ref" or "obj_ref";

    public static string Id(XElement element) => (string?)element.Attribute("id") ?? "";

    /// <summary>
    /// The name-value pairs of a primitive's, group's or clone's attribute sets, those first that count first: by score, and of equal ones
    /// the last (Pacemaker 2). A set with rules is left out: it does not always hold.
    /// </summary>
    /// <param name="element">The primitive, group or clone, or the section.</param>
    /// <param name="set">The name of the sets.</param>
    /// <param name="first">The id of the set that counts before all others; null: there is none.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> ReadPairs(XElement element, string set, string? first = null) =>
        [
            .. element
                .Elements(set)
                .Select(CibReferences.Definition)
                .OfType<XElement>()
                .Where(s => s.Element("rule") is null)
                .Reverse()
                .OrderByDescending(s => Id(s) == first)
                .ThenByDescending(s => Score.Parse((string?)s.Attribute("score")))
                .Elements("nvpair")
                .Select(ReadPair),
        ];

    public static XElement Write(Primitive primitive)
    {
        var element = new XElement("primitive", new XAttribute("id", primitive.Id));
        WriteAgent(element, primitive.Agent);
        AddPairs(element, "instance_attributes", primitive.Parameters);
        AddPairs(element, "meta_attributes", primitive.Meta);
        AddPairs(element, "utilization", primitive.Utilization);
        if (primitive.Operations.Count > 0)
            element.Add(new XElement("operations", primitive.Operations.Select(op => Write(primitive.Id, op))));
        return element;
    }

    public static void WriteAgent(XElement element, AgentName agent)
    {
        element.SetAttributeValue("class", agent.Class);
        element.SetAttributeValue("provider", agent.Provider);
        element.SetAttributeValue("type", agent.Type);
    }

    public static XElement Write(string owner, Operation operation)
    {
        string id = $"{owner}-{operation.Name}-{operation.Interval}";
        var element = new XElement("op", new XAttribute("name", operation.Name));
        foreach ((string name, string value) in operation.Attributes)
            element.SetAttributeValue(name, value);
        element.SetAttributeValue("id", id);
        AddPairs(element, "instance_attributes", operation.Parameters, id);
        return element;
    }

    public static void AddPairs(XElement element, string set, IReadOnlyList<KeyValuePair<string, string>> pairs, string? owner = null)
    {
        if (pairs.Count == 0)
            return;
        string id = $"{owner ?? Id(element)}-{set}";
        element.Add(new XElement(set, new XAttribute("id", id), pairs.Select(pair => Pair($"{id}-{pair.Key}", pair.Key, pair.Value))));
    }

    /// <summary>The element with the attributes of each in the order of their names: XML gives that order no meaning.</summary>
    public static XElement Sorted(XElement element) =>
        new(
            element.Name,
            element.Attributes().OrderBy(a => a.Name.ToString(), StringComparer.Ordinal).Select(a => new XAttribute(a)),
            element.Elements().Select(Sorted)
        );

    public static XElement Pair(string id, string name, string value) =>
        new("nvpair", new XAttribute("name", name), new XAttribute("value", value), new XAttribute("id", id));

    /// <summary>A pair, or the one that it borrows, under its own name if it has one.</summary>
    public static KeyValuePair<string, string> ReadPair(XElement pair)
    {
        XElement? lent = CibReferences.Definition(pair);
        return new((string?)pair.Attribute("name") ?? (string?)lent?.Attribute("name") ?? "", (string?)lent?.Attribute("value") ?? "");
    }

    private static Operation ReadOperation(XElement op) =>
        new(
            (string?)op.Attribute("name") ?? "",
            [
                .. op.Attributes()
                    .Where(a => a.Name.LocalName is not ("id" or "name"))
                    .Select(a => KeyValuePair.Create(a.Name.LocalName, a.Value)),
            ]
        )
        {
            Parameters = ReadPairs(op, "instance_attributes"),
        };
}

/// <summary>
/// What programs write into the configuration by themselves, all the time: it is nobody's decision, so it neither makes a plan outdated nor
/// is taken back by one.
/// </summary>
internal static class MachineWritten
{
    // crm_resource --refresh notes its time, the controller what it is; the agents of guests write what a guest uses of a node.
    private static readonly string[] Properties = ["last-lrm-refresh", "have-watchdog", "dc-version", "cluster-infrastructure"];

    /// <summary>A copy of a configuration with what programs wrote into the current one.</summary>
    public static XElement Bring(XElement current, XElement configuration)
    {
        var copy = new XElement(configuration);
        BringProperties(current, copy);
        foreach (XElement primitive in copy.Descendants("primitive").Where(p => CibXml.ReadAgent(p).IsVirtualMachine))
        {
            if (current.Descendants("primitive").FirstOrDefault(p => CibXml.Id(p) == CibXml.Id(primitive)) is { } same)
                GuestUtilization.Bring(same, primitive);
        }

        return copy;
    }

    private static void BringProperties(XElement current, XElement copy)
    {
        XElement? sets = copy.Element("crm_config");
        if (sets is null || current.Element("crm_config") is not { } fresh)
            return;
        sets.Elements("cluster_property_set").Elements("nvpair").Where(IsOurs).Remove();
        foreach (XElement set in fresh.Elements("cluster_property_set"))
        {
            XElement? target = sets.Elements("cluster_property_set").FirstOrDefault(s => CibXml.Id(s) == CibXml.Id(set));
            XElement[] pairs = [.. set.Elements("nvpair")];
            for (int i = 0; target is not null && i < pairs.Length; i++)
            {
                if (!IsOurs(pairs[i]))
                    continue;
                XElement? before = i == 0 ? null : target.Elements("nvpair").FirstOrDefault(p => CibXml.Id(p) == CibXml.Id(pairs[i - 1]));
                if (before is null)
                    target.Add(new XElement(pairs[i]));
                else
                    before.AddAfterSelf(new XElement(pairs[i]));
            }
        }
    }

    private static bool IsOurs(XElement pair) => Properties.Contains((string?)pair.Attribute("name"));
}
