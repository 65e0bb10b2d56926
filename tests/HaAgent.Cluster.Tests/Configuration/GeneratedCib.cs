using System.Globalization;
using System.Xml.Linq;

namespace HaAgent.Cluster.Tests.Configuration;

/// <summary>
/// Configurations with every kind and form of constraint that Pacemaker's schema has, with tags, permissions, templates and parts that are
/// shared by id-ref. One number makes one configuration.
/// </summary>
internal sealed class GeneratedCib(int seed)
{
    public static readonly string[] Guests = ["VM1", "VM2", "VM3", "VM4"];
    private static readonly string[] Others = ["cl-virt-lock", "web", "ip", "web-group"];

    private readonly Random _random = new(seed);
    private readonly List<string> _sets = [];
    private readonly List<string> _attributes = [];
    private readonly List<string> _tags = [];
    private readonly List<string> _constraints = [];

    public string Xml()
    {
        // In this order: what is borrowed must have been written.
        var template = new XElement("template", Id("T"), Agent("heartbeat"), Attributes("T", "instance_attributes", "remoteuri", "force_stop"), Operations("T", "start", "monitor"));
        XElement[] guests = [.. Guests.Select(Guest)];
        var resources = new XElement("resources", template, guests,
            new XElement("clone", Id("cl-virt-lock"), new XElement("group", Id("g-virt-lock"), Dummy("dlm"), Dummy("ocfs2"))),
            Dummy("ip"), new XElement("group", Id("web-group"), Dummy("web"), Dummy("db")));
        XElement[] tags = [.. Enumerable.Range(0, _random.Next(3)).Select(Tag)];
        var constraints = new XElement("constraints", Enumerable.Range(0, _random.Next(1, 8)).Select(Constraint));
        var acls = new XElement("acls",
            new XElement("acl_target", Id("VM1"), new XElement("role", Id("operators"))),
            new XElement("acl_role", Id("operators"), Enumerable.Range(0, _random.Next(4)).Select(Permission)));
        return new XElement("cib",
            new XAttribute("validate-with", "pacemaker-3.7"), new XAttribute("admin_epoch", "0"), new XAttribute("epoch", "7"), new XAttribute("num_updates", "3"),
            new XElement("configuration",
                new XElement("crm_config", new XElement("cluster_property_set", Id("cib-bootstrap-options"), Pair("cib-bootstrap-options-stonith-enabled", "stonith-enabled", "true"))),
                new XElement("nodes", new XElement("node", Id("1"), new XAttribute("uname", "alice")), new XElement("node", Id("2"), new XAttribute("uname", "bob"))),
                resources, constraints, new XElement("tags", tags), acls),
            new XElement("status")).ToString(SaveOptions.DisableFormatting);
    }

    private XElement Guest(string name)
    {
        var guest = new XElement("primitive", Id(name));
        if (Chance(3))
            guest.Add(new XAttribute("template", "T"));
        else
            guest.Add(Agent("haagent"));
        if (_attributes.Count > 0 && Chance(3))
            guest.Add(new XElement("instance_attributes", new XAttribute("id-ref", Any(_attributes))));
        else
            guest.Add(Attributes(name, "instance_attributes", "config", "remoteuri"));
        if (Chance(4))
            guest.Add(new XElement("meta_attributes", Id($"{name}-ruled"), Rule($"{name}-rule"), Pair($"{name}-ruled-target-role", "target-role", "Stopped")));
        if (Chance(2))
            guest.Add(new XElement("meta_attributes", Id($"{name}-meta"), Pair($"{name}-meta-allow-migrate", "allow-migrate", "true")));
        if (Chance(2))
            guest.Add(Operations(name, "monitor", "stop"));
        return guest;
    }

    private XElement Attributes(string owner, string set, params string[] names)
    {
        _attributes.Add($"{owner}-{set}");
        return new XElement(set, Id($"{owner}-{set}"), names.Select(name => Pair($"{owner}-{set}-{name}", name, $"{name} of {owner}")));
    }

    private XElement Constraint(int number)
    {
        string id = $"c{number.ToString(CultureInfo.InvariantCulture)}";
        _constraints.Add(id);
        XElement element = _random.Next(4) switch
        {
            0 => Location(id),
            1 => new XElement("rsc_colocation", Id(id), new XAttribute("score", Any(["INFINITY", "-INFINITY", "100"]))),
            2 => new XElement("rsc_order", Id(id), new XAttribute("kind", Any(["Mandatory", "Optional", "Serialize"]))),
            _ => new XElement("rsc_ticket", Id(id), new XAttribute("ticket", "site"), new XAttribute("loss-policy", "stop")),
        };
        bool pair = element.Name.LocalName is "rsc_colocation" or "rsc_order";
        if (element.Attribute("rsc-pattern") is not null)
            return element;
        if (Chance(2))
        {
            element.AddFirst(Enumerable.Range(0, _random.Next(1, 4)).Select(i => ResourceSet(id, i)));
            return element;
        }

        string[] two = [.. Subjects().OrderBy(_ => _random.Next()).Take(2)];
        string[] names = element.Name.LocalName switch { "rsc_colocation" => ["rsc", "with-rsc"], "rsc_order" => ["first", "then"], _ => ["rsc"] };
        for (int i = 0; i < names.Length; i++)
            element.SetAttributeValue(names[i], two[i]);
        if (pair && Chance(4))
            element.SetAttributeValue(element.Name.LocalName == "rsc_order" ? "first-action" : "rsc-role", element.Name.LocalName == "rsc_order" ? "start" : "Started");
        return element;
    }

    private XElement Location(string id)
    {
        var location = new XElement("rsc_location", Id(id));
        if (Chance(6))
            location.SetAttributeValue("rsc-pattern", "^VM[0-9]$");
        if (Chance(2))
            location.Add(new XAttribute("score", "-INFINITY"), new XAttribute("node", "bob"));
        else
            location.Add(Rule($"{id}-rule"));
        if (Chance(4))
            location.Add(new XElement("lifetime", Rule($"{id}-lifetime-rule")));
        return location;
    }

    private XElement ResourceSet(string owner, int number)
    {
        if (_sets.Count > 0 && Chance(5))
            return new XElement("resource_set", new XAttribute("id-ref", Any(_sets)));
        string id = $"{owner}-{number.ToString(CultureInfo.InvariantCulture)}";
        _sets.Add(id);
        var set = new XElement("resource_set", Id(id));
        if (Chance(2))
            set.SetAttributeValue("sequential", Any(["true", "false"]));
        if (Chance(4))
            set.SetAttributeValue("require-all", "false");
        set.Add(Subjects().OrderBy(_ => _random.Next()).Take(_random.Next(1, 4)).Select(name => new XElement("resource_ref", Id(name))));
        return set;
    }

    private XElement Tag(int number)
    {
        string id = $"t{number.ToString(CultureInfo.InvariantCulture)}";
        _tags.Add(id);
        return new XElement("tag", Id(id), Guests.Concat(Others).OrderBy(_ => _random.Next()).Take(_random.Next(1, 3)).Select(name => new XElement("obj_ref", Id(name))));
    }

    private XElement Permission(int number)
    {
        var permission = new XElement("acl_permission", Id($"p{number.ToString(CultureInfo.InvariantCulture)}"), new XAttribute("kind", Any(["read", "write", "deny"])));
        permission.Add(_random.Next(3) switch
        {
            0 => new XAttribute("xpath", "//primitive[@id='VM1']"),
            1 => new XAttribute("reference", Any([.. Subjects(), .. _constraints])),
            _ => new XAttribute("object-type", "rsc_location"),
        });
        return permission;
    }

    private IEnumerable<string> Subjects() => Guests.Concat(Others).Concat(_tags);

    private static XElement Dummy(string name) => new("primitive", Id(name), new XAttribute("class", "ocf"), new XAttribute("provider", "heartbeat"), new XAttribute("type", "Dummy"));

    private static XElement Rule(string id) => new("rule", Id(id), new XAttribute("score", "100"),
        new XElement("expression", Id($"{id}-e"), new XAttribute("attribute", "#uname"), new XAttribute("operation", "eq"), new XAttribute("value", "alice")));

    private static XElement Operations(string owner, params string[] names) => new("operations",
        names.Select(name => new XElement("op", Id($"{owner}-{name}-10s"), new XAttribute("name", name), new XAttribute("interval", "10s"), new XAttribute("timeout", "30s"))));

    private static XAttribute[] Agent(string provider) => [new("class", "ocf"), new("provider", provider), new("type", "VirtualDomain")];

    private static XElement Pair(string id, string name, string value) => new("nvpair", Id(id), new XAttribute("name", name), new XAttribute("value", value));

    private static XAttribute Id(string id) => new("id", id);

    private bool Chance(int oneOf) => _random.Next(oneOf) == 0;

    private T Any<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];
}
