using System.Globalization;
using System.Xml.Linq;

namespace HaAgent.Cluster.Configuration;

/// <summary>
/// The next CIB while it is being written. <see cref="Finish"/> gives it the next epoch, so that the patch made from both is refused when
/// somebody else changed the configuration meanwhile.
/// </summary>
public sealed class CibDraft
{
    private readonly XElement root;
    private readonly CibVersion from;

    internal CibDraft(XElement root, CibVersion from) => (this.root, this.from) = (root, from);

    /// <summary>Adds a primitive that stands alone.</summary>
    public CibDraft Add(Primitive primitive)
    {
        Section("resources").Add(CibXml.Write(primitive));
        return this;
    }

    /// <summary>Adds a clone of a new group of new primitives.</summary>
    public CibDraft AddClonedGroup(
        string clone,
        string group,
        IReadOnlyList<Primitive> members,
        IReadOnlyList<KeyValuePair<string, string>> meta
    )
    {
        var groupElement = new XElement("group", new XAttribute("id", group), members.Select(CibXml.Write));
        var cloneElement = new XElement("clone", new XAttribute("id", clone));
        CibXml.AddPairs(cloneElement, "meta_attributes", meta);
        cloneElement.Add(groupElement);
        Section("resources").Add(cloneElement);
        return this;
    }

    /// <summary>Sets a meta attribute of a primitive, group or clone.</summary>
    public CibDraft SetMeta(string resource, string name, string value)
    {
        SetPair(Resource(resource), "meta_attributes", name, value);
        return this;
    }

    /// <summary>Sets an instance attribute of a primitive: a parameter of its agent.</summary>
    public CibDraft SetParameter(string primitive, string name, string value)
    {
        SetPair(Resource(primitive), "instance_attributes", name, value);
        return this;
    }

    /// <summary>Sets what a primitive uses of a node.</summary>
    public CibDraft SetUtilization(string primitive, string name, string value)
    {
        SetPair(Resource(primitive), "utilization", name, value);
        return this;
    }

    /// <summary>Takes a meta attribute away.</summary>
    public CibDraft RemoveMeta(string resource, string name)
    {
        XElement element = Resource(resource);
        foreach (
            XElement shared in element
                .Elements("meta_attributes")
                .Where(s => CibReferences.IsShared(s) && Has(CibReferences.Definition(s), name))
                .ToArray()
        )
            CibReferences.Own(shared, resource);
        foreach (XElement set in element.Elements("meta_attributes").Where(s => Has(s, name)).ToArray())
        {
            foreach (XElement pair in Pairs(set, name).ToArray())
            {
                CibReferences.HandOn(pair);
                pair.Remove();
            }

            if (!set.HasElements)
                set.Remove();
        }

        return this;
    }

    /// <summary>Sets an attribute of a node such as standby.</summary>
    public CibDraft SetNodeAttribute(string node, string name, string value)
    {
        XElement element =
            Section("nodes").Elements("node").FirstOrDefault(n => (string?)n.Attribute("uname") == node)
            ?? throw new InvalidOperationException($"the CIB has no node {node}");
        if (element.Element("instance_attributes") is null)
            element.AddFirst(new XElement("instance_attributes", new XAttribute("id", Free(element, $"nodes-{CibXml.Id(element)}"))));
        SetPair(element, "instance_attributes", name, value);
        return this;
    }

    /// <summary>Adds an operation to a primitive.</summary>
    public CibDraft AddOperation(string primitive, Operation operation)
    {
        XElement element = Resource(primitive);
        XElement? operations = element.Element("operations");
        if (operations is not null && CibReferences.IsShared(operations))
            operations = CibReferences.Own(operations, primitive) ?? operations;
        if (operations is null)
            element.Add(operations = new XElement("operations"));
        operations.Add(CibXml.Write(primitive, operation));
        return this;
    }

    /// <summary>
    /// Hands a primitive over to another agent; everything else about it stays. One that is made from a template becomes a primitive of its
    /// own, with the same content: the template is the other guests' too.
    /// </summary>
    public CibDraft SetAgent(string primitive, AgentName agent)
    {
        XElement element = Resource(primitive);
        if (element.Attribute("template") is not null)
            TemplateExpansion.Expand(element, Section("resources"));
        CibXml.WriteAgent(element, agent);
        return this;
    }

    /// <summary>
    /// Writes a constraint of resource sets; one of that name gets the members that its sets lack, or is replaced where it stands when it
    /// has no sets.
    /// </summary>
    public CibDraft SetConstraint(Constraint constraint)
    {
        XElement element = Write(constraint);
        if (Section("constraints").Elements().FirstOrDefault(c => CibXml.Id(c) == constraint.Id) is not { } old)
            Section("constraints").Add(element);
        else if (old.Elements("resource_set").ToArray() is { Length: > 0 } sets && sets.Length == constraint.Sets.Count)
            Complete(sets, constraint.Sets);
        else
            old.ReplaceWith(element);
        return this;
    }

    private static void Complete(XElement[] sets, IReadOnlyList<ResourceSet> wanted)
    {
        for (int i = 0; i < sets.Length; i++)
        {
            string[] present = [.. sets[i].Elements("resource_ref").Select(CibXml.Id)];
            if (!wanted[i].Sequential && !ClusterBoolean.IsFalse((string?)sets[i].Attribute("sequential")))
                sets[i].SetAttributeValue("sequential", "false");
            sets[i].Add(wanted[i].Resources.Except(present).Select(r => new XElement("resource_ref", new XAttribute("id", r))));
        }
    }

    /// <summary>Adds a constraint.</summary>
    public CibDraft Add(PlainConstraint constraint)
    {
        ArgumentNullException.ThrowIfNull(constraint);
        Section("constraints").Add(constraint.Write());
        return this;
    }

    /// <summary>
    /// Takes a resource or a constraint away, with all it contains and every mention of it. A set, a constraint or a tag that is left with
    /// nothing to say goes too; everything else that concerns others stays as it is.
    /// </summary>
    public CibDraft Remove(string id)
    {
        foreach (
            XElement element in Section("resources")
                .Descendants()
                .Concat(Section("constraints").Descendants())
                .Where(e => CibXml.Id(e) == id && !CibXml.IsMention(e))
                .ToArray()
        )
            CibRemoval.Remove(Configuration, element);
        return this;
    }

    /// <summary>Sets a cluster property.</summary>
    public CibDraft SetProperty(string name, string value)
    {
        XElement section = Section("crm_config");
        if (!section.Elements("cluster_property_set").Any(set => IsPlain(set) && !CibReferences.IsShared(set)))
            section.Add(new XElement("cluster_property_set", new XAttribute("id", Free(section, "cib-bootstrap-options"))));
        SetPair(section, "cluster_property_set", name, value);
        return this;
    }

    /// <summary>Takes a cluster property away.</summary>
    public CibDraft RemoveProperty(string name)
    {
        foreach (
            XElement pair in Section("crm_config")
                .Elements("cluster_property_set")
                .Where(IsPlain)
                .SelectMany(set => Pairs(set, name))
                .ToArray()
        )
        {
            CibReferences.HandOn(pair);
            pair.Remove();
        }

        return this;
    }

    /// <summary>The finished CIB, one epoch later.</summary>
    public Cib Finish()
    {
        CibVersion next = from.Next();
        root.SetAttributeValue("admin_epoch", next.AdminEpoch.ToString(CultureInfo.InvariantCulture));
        root.SetAttributeValue("epoch", next.Epoch.ToString(CultureInfo.InvariantCulture));
        root.SetAttributeValue("num_updates", next.Updates.ToString(CultureInfo.InvariantCulture));
        return new Cib(root);
    }

    // Only into a set that always holds and is the element's alone: what is written into a borrowed one would be written for others too.
    private static void SetPair(XElement element, string set, string name, string value)
    {
        // The section of the properties has no id.
        string owner = CibXml.Id(element) is { Length: > 0 } named ? named : "cib";
        foreach (
            XElement shared in element
                .Elements(set)
                .Where(s => CibReferences.IsShared(s) && Has(CibReferences.Definition(s), name))
                .ToArray()
        )
            CibReferences.Own(shared, owner);
        XElement[] plain = [.. element.Elements(set).Where(s => IsPlain(s) && !CibReferences.IsShared(s))];
        XElement[] pairs = [.. plain.SelectMany(s => Pairs(s, name))];
        foreach (XElement pair in pairs.Where(pair => pair.Attribute("id-ref") is not null || CibReferences.IsBorrowed(pair)))
            CibReferences.Own(pair, owner);
        pairs = [.. plain.SelectMany(s => Pairs(s, name))];
        foreach (XElement pair in pairs)
            pair.SetAttributeValue("value", value);
        if (pairs.Length > 0)
            return;
        if (plain.Length > 0)
        {
            plain[0].Add(CibXml.Pair(Free(element, $"{CibXml.Id(plain[0])}-{name}"), name, value));
            return;
        }

        // Attribute sets stand before operations and children: that is where the crm shell writes them.
        string id = Free(element, $"{owner}-{set}");
        var added = new XElement(set, new XAttribute("id", id), CibXml.Pair(Free(element, $"{id}-{name}"), name, value));
        if (element.Elements(set).LastOrDefault() is { } last)
            last.AddAfterSelf(added);
        else if (element.Element("operations") is { } operations)
            operations.AddBeforeSelf(added);
        else
            element.AddFirst(added);
    }

    // A set with a rule holds at times only.
    private static bool IsPlain(XElement set) => set.Element("rule") is null;

    private static bool Has(XElement? set, string name) => set is not null && IsPlain(set) && Pairs(set, name).Any();

    private static IEnumerable<XElement> Pairs(XElement set, string name) =>
        set.Elements("nvpair").Where(p => CibXml.ReadPair(p).Key == name);

    private static string Free(XElement near, string wanted)
    {
        HashSet<string> taken = [.. near.AncestorsAndSelf().Last().Descendants().Where(e => !CibXml.IsMention(e)).Select(CibXml.Id)];
        string free = wanted;
        for (int i = 1; taken.Contains(free); i++)
            free = string.Create(CultureInfo.InvariantCulture, $"{wanted}-{i}");
        return free;
    }

    private static XElement Write(Constraint constraint)
    {
        bool order = constraint.Kind == ConstraintKind.Order;
        var element = new XElement(
            order ? "rsc_order" : "rsc_colocation",
            new XAttribute("id", constraint.Id),
            new XAttribute(order ? "kind" : "score", constraint.Strength)
        );
        for (int i = 0; i < constraint.Sets.Count; i++)
        {
            ResourceSet set = constraint.Sets[i];
            var setElement = new XElement("resource_set");
            if (!set.Sequential)
                setElement.SetAttributeValue("sequential", "false");
            setElement.SetAttributeValue("id", $"{constraint.Id}-{i.ToString(CultureInfo.InvariantCulture)}");
            setElement.Add(set.Resources.Select(r => new XElement("resource_ref", new XAttribute("id", r))));
            element.Add(setElement);
        }

        return element;
    }

    private XElement Configuration => root.Element("configuration")!;

    private XElement Section(string name)
    {
        XElement configuration = Configuration;
        if (configuration.Element(name) is { } section)
            return section;
        section = new XElement(name);
        configuration.Add(section);
        return section;
    }

    private XElement Resource(string id) =>
        Section("resources").Descendants().FirstOrDefault(e => CibXml.Id(e) == id)
        ?? throw new InvalidOperationException($"the CIB has no resource {id}");
}
