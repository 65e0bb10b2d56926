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
    public CibDraft AddClonedGroup(string clone, string group, IReadOnlyList<Primitive> members, IReadOnlyList<KeyValuePair<string, string>> meta)
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
        foreach (XElement set in Resource(resource).Elements("meta_attributes").ToArray())
        {
            set.Elements("nvpair").Where(p => (string?)p.Attribute("name") == name).Remove();
            if (!set.HasElements)
                set.Remove();
        }

        return this;
    }

    /// <summary>Sets an attribute of a node such as standby.</summary>
    public CibDraft SetNodeAttribute(string node, string name, string value)
    {
        XElement element = Section("nodes").Elements("node").FirstOrDefault(n => (string?)n.Attribute("uname") == node)
            ?? throw new InvalidOperationException($"the CIB has no node {node}");
        if (element.Elements("instance_attributes").Elements("nvpair").FirstOrDefault(p => (string?)p.Attribute("name") == name) is { } pair)
        {
            pair.SetAttributeValue("value", value);
            return this;
        }

        if (element.Element("instance_attributes") is not { } set)
            element.AddFirst(set = new XElement("instance_attributes", new XAttribute("id", $"nodes-{CibXml.Id(element)}")));
        set.Add(CibXml.Pair(CibXml.Id(set), name, value));
        return this;
    }

    /// <summary>Adds an operation to a primitive.</summary>
    public CibDraft AddOperation(string primitive, Operation operation)
    {
        XElement element = Resource(primitive);
        if (element.Element("operations") is not { } operations)
            element.Add(operations = new XElement("operations"));
        operations.Add(CibXml.Write(primitive, operation));
        return this;
    }

    /// <summary>Hands a primitive over to another agent; everything else about it stays.</summary>
    public CibDraft SetAgent(string primitive, AgentName agent)
    {
        XElement element = Resource(primitive);
        if ((string?)element.Attribute("template") is { } template)
            element = Section("resources").Elements("template").First(t => CibXml.Id(t) == template);
        CibXml.WriteAgent(element, agent);
        return this;
    }

    /// <summary>Writes a constraint of resource sets; one of that name is replaced where it stands.</summary>
    public CibDraft SetConstraint(Constraint constraint)
    {
        XElement element = Write(constraint);
        if (Section("constraints").Elements().FirstOrDefault(c => CibXml.Id(c) == constraint.Id) is { } old)
            old.ReplaceWith(element);
        else
            Section("constraints").Add(element);
        return this;
    }

    /// <summary>Adds <c>colocation ID SCORE: RESOURCE WITH</c>.</summary>
    public CibDraft AddColocation(string id, string score, string resource, string with)
    {
        Section("constraints").Add(new XElement("rsc_colocation",
            new XAttribute("id", id), new XAttribute("score", score), new XAttribute("rsc", resource), new XAttribute("with-rsc", with)));
        return this;
    }

    /// <summary>Adds <c>order ID KIND: FIRST THEN</c>.</summary>
    public CibDraft AddOrder(string id, string kind, string first, string then)
    {
        Section("constraints").Add(new XElement("rsc_order",
            new XAttribute("id", id), new XAttribute("kind", kind), new XAttribute("first", first), new XAttribute("then", then)));
        return this;
    }

    /// <summary>Adds <c>location ID RESOURCE SCORE: NODE</c>.</summary>
    public CibDraft AddLocation(string id, string resource, string score, string node)
    {
        Section("constraints").Add(new XElement("rsc_location",
            new XAttribute("id", id), new XAttribute("rsc", resource), new XAttribute("score", score), new XAttribute("node", node)));
        return this;
    }

    /// <summary>Takes away whatever bears that id among resources and constraints, with all it contains.</summary>
    public CibDraft Remove(string id)
    {
        foreach (string section in new[] { "resources", "constraints" })
            Section(section).Descendants().Where(e => CibXml.Id(e) == id).Remove();
        return this;
    }

    /// <summary>
    /// Takes a primitive away together with every mention of it. A set, a constraint or a tag that is left with nothing to say goes too.
    /// </summary>
    public CibDraft RemoveEverywhere(string resource)
    {
        XElement configuration = root.Element("configuration")!;
        foreach (XElement constraint in Section("constraints").Elements().ToArray())
        {
            bool named = constraint.Attributes().Any(a => a.Name.LocalName is "rsc" or "with-rsc" or "first" or "then" && a.Value == resource);
            XElement[] references = [.. constraint.Descendants("resource_ref").Where(r => CibXml.Id(r) == resource)];
            references.Remove();
            constraint.Elements("resource_set").Where(set => !set.HasElements).Remove();
            if (named || (references.Length > 0 && constraint.Descendants("resource_ref").Count() < 2))
                constraint.Remove();
        }

        configuration.Elements("tags").Elements("tag").Elements("obj_ref").Where(r => CibXml.Id(r) == resource).Remove();
        configuration.Elements("tags").Elements("tag").Where(tag => !tag.HasElements).Remove();
        Resource(resource).Remove();
        return this;
    }

    /// <summary>Sets a cluster property.</summary>
    public CibDraft SetProperty(string name, string value)
    {
        XElement section = Section("crm_config");
        if (section.Elements("cluster_property_set").Elements("nvpair").FirstOrDefault(p => (string?)p.Attribute("name") == name) is { } pair)
        {
            pair.SetAttributeValue("value", value);
            return this;
        }

        if (section.Element("cluster_property_set") is not { } set)
            section.Add(set = new XElement("cluster_property_set", new XAttribute("id", "cib-bootstrap-options")));
        set.Add(CibXml.Pair(CibXml.Id(set), name, value));
        return this;
    }

    /// <summary>Takes a cluster property away.</summary>
    public CibDraft RemoveProperty(string name)
    {
        Section("crm_config").Elements("cluster_property_set").Elements("nvpair").Where(p => (string?)p.Attribute("name") == name).Remove();
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

    private static void SetPair(XElement element, string set, string name, string value)
    {
        XElement? pair = element.Elements(set).Elements("nvpair").FirstOrDefault(p => (string?)p.Attribute("name") == name);
        if (pair is not null)
        {
            pair.SetAttributeValue("value", value);
            return;
        }

        if (element.Element(set) is { } existing)
        {
            existing.Add(CibXml.Pair(CibXml.Id(existing), name, value));
            return;
        }

        // Attribute sets stand before operations and children: that is where the crm shell writes them.
        string id = $"{CibXml.Id(element)}-{set}";
        var added = new XElement(set, new XAttribute("id", id), CibXml.Pair(id, name, value));
        if (element.Element("operations") is { } operations)
            operations.AddBeforeSelf(added);
        else
            element.AddFirst(added);
    }

    private static XElement Write(Constraint constraint)
    {
        bool order = constraint.Kind == ConstraintKind.Order;
        var element = new XElement(order ? "rsc_order" : "rsc_colocation",
            new XAttribute("id", constraint.Id), new XAttribute(order ? "kind" : "score", constraint.Strength));
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

    private XElement Section(string name)
    {
        XElement configuration = root.Element("configuration")!;
        if (configuration.Element(name) is { } section)
            return section;
        section = new XElement(name);
        configuration.Add(section);
        return section;
    }

    private XElement Resource(string id) => Section("resources").Descendants().FirstOrDefault(e => CibXml.Id(e) == id)
        ?? throw new InvalidOperationException($"the CIB has no resource {id}");
}
