using System.Globalization;
using System.Xml.Linq;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Configuration;

/// <summary>
/// A cluster information base as <c>cibadmin --query</c> prints it. It never changes: <see cref="Edit"/> gives a draft of the next one.
/// </summary>
public sealed class Cib
{
    /// <summary>The set of properties that counts before every other, whatever their scores (Pacemaker's CIB_OPTIONS_FIRST).</summary>
    private const string FirstProperties = "cib-bootstrap-options";

    private static readonly string[] Understood = ["id", "score", "kind"];

    private readonly XElement root;

    // Each is asked for again and again, and nothing in it changes.
    private readonly Lazy<Primitive[]> primitives;
    private readonly Lazy<Group[]> groups;
    private readonly Lazy<Clone[]> clones;
    private readonly Lazy<Constraint[]> constraints;
    private readonly Lazy<HashSet<string>> ids;
    private readonly Lazy<KeyValuePair<string, string>[]> properties;

    internal Cib(XElement root)
    {
        this.root = root;
        XElement resources = Section("resources");
        primitives = new(() => [.. resources.Descendants("primitive").Select(Read)]);
        groups = new(() =>
            [.. resources.Descendants("group").Select(g => new Group(CibXml.Id(g), [.. g.Elements("primitive").Select(CibXml.Id)]))]
        );
        clones = new(() =>
            [
                .. resources
                    .Elements()
                    .Where(e => e.Name.LocalName is "clone" or "master")
                    .Select(c => new Clone(CibXml.Id(c), ChildOf(c), CibXml.ReadPairs(c, "meta_attributes"))),
            ]
        );
        constraints = new(() => [.. Section("constraints").Elements().Select(ReadConstraint)]);
        properties = new(() => [.. CibXml.ReadPairs(Section("crm_config"), "cluster_property_set", first: FirstProperties)]);
        ids = new(() => [.. root.Element("configuration")!.Descendants().Select(CibXml.Id)]);
    }

    /// <summary>Parses what <c>cibadmin --query</c> printed.</summary>
    /// <exception cref="System.Xml.XmlException">The text is not well-formed XML.</exception>
    /// <exception cref="FormatException">The XML is not a CIB.</exception>
    public static Cib Parse(string xml)
    {
        XElement root = ForeignXml.Parse(xml);
        if (root.Name.LocalName != "cib" || root.Element("configuration") is null)
            throw new FormatException($"expected a <cib> with a <configuration>, found <{root.Name.LocalName}>");
        return new Cib(root);
    }

    /// <summary>The version that a change must be based on.</summary>
    public CibVersion Version => new(Number("admin_epoch"), Number("epoch"), Number("num_updates"));

    /// <summary>The member nodes: guest and remote nodes are left out.</summary>
    public IReadOnlyList<string> Nodes =>
        [
            .. Section("nodes")
                .Elements("node")
                .Where(node => (string?)node.Attribute("type") is null or "member")
                .Select(node => (string?)node.Attribute("uname") ?? ""),
        ];

    /// <summary>The name of the member node of that number (corosync's nodeid, which is its id in the CIB); null: there is none.</summary>
    public string? NodeOf(int number) =>
        (string?)
            Section("nodes")
                .Elements("node")
                .FirstOrDefault(node => (string?)node.Attribute("id") == number.ToString(CultureInfo.InvariantCulture))
                ?.Attribute("uname");

    /// <summary>The nodes that are no members: guest nodes and remote nodes that the cluster knows or once knew.</summary>
    public IReadOnlyList<string> OtherNodes =>
        [.. Section("nodes").Elements("node").Select(node => (string?)node.Attribute("uname") ?? "").Except(Nodes)];

    /// <summary>Every primitive, wherever it stands.</summary>
    public IReadOnlyList<Primitive> Primitives => primitives.Value;

    /// <summary>Every group.</summary>
    public IReadOnlyList<Group> Groups => groups.Value;

    /// <summary>Every clone.</summary>
    public IReadOnlyList<Clone> Clones => clones.Value;

    /// <summary>Every constraint.</summary>
    public IReadOnlyList<Constraint> Constraints => constraints.Value;

    /// <summary>The primitive of that name, or null.</summary>
    public Primitive? Primitive(string id) => Primitives.FirstOrDefault(p => p.Id == id);

    /// <summary>The group of that name, or null.</summary>
    public Group? Group(string id) => Groups.FirstOrDefault(g => g.Id == id);

    /// <summary>The clone of that name, or null.</summary>
    public Clone? Clone(string id) => Clones.FirstOrDefault(c => c.Id == id);

    /// <summary>The constraint of that name, or null.</summary>
    public Constraint? Constraint(string id) => Constraints.FirstOrDefault(c => c.Id == id);

    /// <summary>The group or clone that a resource stands in, or null when it stands alone or is not there.</summary>
    public string? ParentOf(string id)
    {
        XElement? parent = Resource(id)?.Parent;
        return parent is null || parent.Name.LocalName == "resources" ? null : CibXml.Id(parent);
    }

    /// <summary>A meta attribute of a resource of any kind itself, or null.</summary>
    public string? Meta(string id, string name) =>
        Primitive(id) is { } primitive ? primitive.MetaValue(name)
        : Resource(id) is not { } resource ? null
        : CibXml.ReadPairs(resource, "meta_attributes").Where(p => p.Key == name).Select(p => p.Value).FirstOrDefault();

    /// <summary>What a name in a constraint stands for: what bears it as a tag, or itself.</summary>
    public IReadOnlyList<string> Tagged(string name) =>
        Section("tags").Elements("tag").FirstOrDefault(tag => CibXml.Id(tag) == name) is { } found
            ? [.. found.Elements("obj_ref").Select(CibXml.Id)]
            : [name];

    /// <summary>What has to have started on a node for a resource to run there: the members of its group up to it.</summary>
    public IReadOnlyList<string> StartedFor(string id) =>
        Groups.FirstOrDefault(g => g.Members.Contains(id)) is { } group ? [.. group.Members.TakeWhile(member => member != id), id] : [id];

    /// <summary>Whether any element of the configuration bears that id: ids are unique over the whole CIB.</summary>
    public bool HasId(string id) => ids.Value.Contains(id);

    /// <summary>A cluster property such as stonith-enabled, or null when it is not set.</summary>
    public string? Property(string name) => properties.Value.Where(p => p.Key == name).Select(p => p.Value).FirstOrDefault();

    /// <summary>A default for operations such as timeout, or null when it is not set.</summary>
    public string? OperationDefault(string name) =>
        Pairs("op_defaults", "meta_attributes").Where(p => p.Key == name).Select(p => p.Value).FirstOrDefault();

    /// <summary>An attribute of a node such as standby, or null when it is not set.</summary>
    public string? NodeAttribute(string node, string name) =>
        Section("nodes")
            .Elements("node")
            .Where(n => (string?)n.Attribute("uname") == node)
            .SelectMany(n => CibXml.ReadPairs(n, "instance_attributes"))
            .Where(p => p.Key == name)
            .Select(p => p.Value)
            .FirstOrDefault();

    /// <summary>A draft of the next CIB.</summary>
    public CibDraft Edit() => new(new XElement(root), Version);

    /// <summary>
    /// This configuration as the next version of the CIB in force, when the configuration in force is still the one that this one was made
    /// from: only the status has moved on. Null when somebody else changed the configuration.
    /// </summary>
    /// <param name="based">The CIB that this one was made from.</param>
    /// <param name="current">The CIB in force now.</param>
    public Cib? OnTopOf(Cib based, Cib current)
    {
        ArgumentNullException.ThrowIfNull(based);
        ArgumentNullException.ThrowIfNull(current);
        XElement now = current.root.Element("configuration")!;
        XElement then = MachineWritten.Bring(now, based.root.Element("configuration")!);
        if (!XNode.DeepEquals(CibXml.Sorted(now), CibXml.Sorted(then)))
            return null;
        var next = new XElement(current.root);
        next.Element("configuration")!.ReplaceWith(MachineWritten.Bring(now, root.Element("configuration")!));
        return new CibDraft(next, current.Version).Finish();
    }

    /// <summary>The whole CIB as XML.</summary>
    public string ToXml() => root.ToString(SaveOptions.DisableFormatting);

    /// <summary>The same without what the cluster remembers: what is needed to bring the configuration back.</summary>
    public string ConfigurationToXml()
    {
        var copy = new XElement(root);
        copy.Element("status")?.RemoveNodes();
        return copy.ToString();
    }

    /// <summary>The objects a sysadmin knows by name, in the order of the crm shell: resources from the inside out, constraints,
    /// properties.</summary>
    internal IEnumerable<XElement> Objects =>
        [
            .. Section("nodes").Elements(),
            .. Section("resources").Descendants("primitive"),
            .. Section("resources").Descendants("group"),
            .. Section("resources").Elements().Where(e => e.Name.LocalName is not ("primitive" or "group")),
            .. Section("constraints").Elements(),
            .. Section("crm_config").Elements(),
            .. Section("rsc_defaults").Elements(),
            .. Section("op_defaults").Elements(),
            .. Section("fencing-topology").Elements(),
            .. Section("tags").Elements(),
            .. Section("acls").Elements(),
            .. Section("alerts").Elements(),
        ];

    internal IEnumerable<XElement> ConstraintElements => Section("constraints").Elements();

    /// <summary>What the cluster remembers of its nodes and of what it did.</summary>
    internal XElement Status => root.Element("status") ?? new XElement("status");

    /// <summary>A default of all resources such as resource-stickiness, or null when it is not set.</summary>
    public string? ResourceDefault(string name) =>
        Pairs("rsc_defaults", "meta_attributes").Where(p => p.Key == name).Select(p => p.Value).FirstOrDefault();

    private XElement Section(string name) => root.Element("configuration")!.Element(name) ?? new XElement(name);

    private IEnumerable<KeyValuePair<string, string>> Pairs(string section, string set) => CibXml.ReadPairs(Section(section), set);

    private XElement? Resource(string id) =>
        Section("resources")
            .Descendants()
            .FirstOrDefault(e => e.Name.LocalName is "primitive" or "group" or "clone" or "master" or "bundle" && CibXml.Id(e) == id);

    private long Number(string attribute) =>
        long.TryParse((string?)root.Attribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;

    private Primitive Read(XElement element)
    {
        Primitive own = CibXml.ReadPrimitive(element);
        if ((string?)element.Attribute("template") is not { } name)
            return own;
        if (Section("resources").Elements("template").FirstOrDefault(t => CibXml.Id(t) == name) is not { } template)
            return own;

        // What the primitive says itself counts before what its template says.
        Primitive inherited = CibXml.ReadPrimitive(template);
        return own with
        {
            Agent = inherited.Agent,
            Parameters = [.. own.Parameters, .. inherited.Parameters],
            Meta = [.. own.Meta, .. inherited.Meta],
            Utilization = [.. own.Utilization, .. inherited.Utilization],
            Operations = [.. own.Operations, .. inherited.Operations],
        };
    }

    private static string ChildOf(XElement clone) =>
        clone.Elements().Where(e => e.Name.LocalName is "primitive" or "group").Select(CibXml.Id).FirstOrDefault() ?? "";

    private static Constraint ReadConstraint(XElement element)
    {
        (ConstraintKind kind, string[] references) = element.Name.LocalName switch
        {
            "rsc_colocation" => (ConstraintKind.Colocation, new[] { "rsc", "with-rsc" }),
            "rsc_order" => (ConstraintKind.Order, ["first", "then"]),
            "rsc_location" => (ConstraintKind.Location, ["rsc"]),
            _ => (ConstraintKind.Other, ["rsc"]),
        };
        string strength = (string?)element.Attribute("score") ?? (string?)element.Attribute("kind") ?? "";
        ResourceSet[] sets = [.. element.Elements("resource_set").Select(CibReferences.Definition).OfType<XElement>().Select(ReadSet)];
        if (sets.Length > 0)
            return new Constraint(CibXml.Id(element), kind, strength, sets, WrittenAsSets: true) { Further = Further(element, references) };

        IEnumerable<ResourceSet> plain = references
            .Select(name => (string?)element.Attribute(name))
            .OfType<string>()
            .Select(resource => new ResourceSet([resource], true));
        return new Constraint(CibXml.Id(element), kind, strength, [.. plain], WrittenAsSets: false)
        {
            Further = Further(element, references),
        };
    }

    private static string[] Further(XElement constraint, string[] references)
    {
        IEnumerable<string> words = constraint
            .Attributes()
            .Where(a => !Understood.Contains(a.Name.LocalName) && !references.Contains(a.Name.LocalName))
            .Where(a => a.Name.LocalName != "symmetrical" || !ClusterBoolean.IsTrue(a.Value))
            .Select(a => a.Name.LocalName);
        XElement[] sets = [.. constraint.Elements("resource_set")];
        return
        [
            .. words,
            .. constraint.Elements().Except(sets).Select(e => e.Name.LocalName),
            .. sets.Attributes().Select(a => a.Name.LocalName).Where(name => name is not ("id" or "sequential")),
            .. sets.Where(CibReferences.IsBorrowed).Select(CibXml.Id),
        ];
    }

    private static ResourceSet ReadSet(XElement set) =>
        new([.. set.Elements("resource_ref").Select(CibXml.Id)], !ClusterBoolean.IsFalse((string?)set.Attribute("sequential")));
}

/// <summary>
/// The version of a CIB. Pacemaker raises <c>epoch</c> with each change of the configuration and <c>num_updates</c> with each change of the
/// status, and refuses a patch whose source version is not the one in force.
/// </summary>
/// <param name="AdminEpoch">Raised by hand only.</param>
/// <param name="Epoch">Raised with each change of the configuration.</param>
/// <param name="Updates">Raised with each change of the status; starts at 0 with each epoch.</param>
public readonly record struct CibVersion(long AdminEpoch, long Epoch, long Updates)
{
    /// <summary>The version after one change of the configuration.</summary>
    public CibVersion Next() => new(AdminEpoch, Epoch + 1, 0);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AdminEpoch}.{Epoch}.{Updates}");
}
