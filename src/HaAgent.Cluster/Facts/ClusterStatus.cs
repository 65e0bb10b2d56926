using System.Xml.Linq;
using HaAgent.Cluster.History;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Facts;

/// <summary>The cluster's live state as <c>crm_mon --output-as=xml</c> reports it.</summary>
public sealed record ClusterStatus
{
    /// <summary>Whether this part of the cluster has quorum.</summary>
    public bool HasQuorum { get; init; }

    /// <summary>The node that takes the decisions; null while there is none.</summary>
    public string? Controller { get; init; }

    /// <summary>The member nodes.</summary>
    public IReadOnlyList<NodeStatus> Nodes { get; init; } = [];

    /// <summary>Every instance of every primitive.</summary>
    public IReadOnlyList<ResourceStatus> Resources { get; init; } = [];

    /// <summary>The failed operations that the cluster remembers.</summary>
    public IReadOnlyList<OperationFailure> Failures { get; init; } = [];

    /// <summary>The nodes that were fenced, as long as the cluster remembers.</summary>
    public IReadOnlyList<Fencing> Fencings { get; init; } = [];

    /// <summary>The attempts to fence a node that failed, as long as the cluster remembers.</summary>
    public IReadOnlyList<Fencing> FailedFencings { get; init; } = [];

    /// <summary>Whether the last that is known of fencing the node is that it failed.</summary>
    public bool FencingFails(string node) =>
        FailedFencings.Any(failed => failed.Node == node && !Fencings.Any(done => done.Node == node && done.When >= failed.When));

    /// <summary>Whether the node is known to be off, and nothing of the cluster's runs there: it left as it should, or was fenced, while
    /// the cluster managed everything. What it left alone may still run on a node on which only Pacemaker was stopped.</summary>
    public bool IsKnownToBeOff(string node) =>
        Nodes.Any(n => n.Name == node && n is { Online: false, Unclean: false, Pending: false, Maintenance: false })
        && Resources.All(resource => resource.Managed);

    /// <summary>Whether the node is online and takes resources.</summary>
    public bool TakesResources(string node) =>
        Nodes.Any(n => n.Name == node && n is { Online: true, Standby: false, Maintenance: false, Pending: false });

    /// <summary>The nodes on which that primitive, or any instance of it, has finished starting and has not failed.</summary>
    public IEnumerable<string> Where(string resource) =>
        Resources.Where(r => r.Id == resource && r is { Active: true, Failed: false, Pending: false }).SelectMany(r => r.Nodes).Distinct();

    /// <summary>The nodes on which that primitive, or any instance of it, is in any way: starting, running, failed or stopping.</summary>
    public IEnumerable<string> Anywhere(string resource) =>
        Resources.Where(r => r.Id == resource && r.Active).SelectMany(r => r.Nodes).Distinct();

    /// <summary>Parses the output of <c>crm_mon --output-as=xml</c>.</summary>
    public static ClusterStatus Parse(string xml)
    {
        XElement root = ForeignXml.Parse(xml, root: "pacemaker-result");
        XElement? dc = root.Element("summary")?.Element("current_dc");
        return new ClusterStatus
        {
            HasQuorum = Flag(dc, "with_quorum"),
            Controller = Flag(dc, "present") ? (string?)dc!.Attribute("name") : null,
            Nodes =
            [
                .. root.Elements("nodes").Elements("node").Where(n => (string?)n.Attribute("type") is null or "member").Select(ReadNode),
            ],
            Resources = [.. root.Elements("resources").Descendants("resource").Select(ReadResource)],
            Failures = [.. root.Elements("failures").Elements("failure").Select(ReadFailure)],
            Fencings = [.. FenceHistory.Read(root)],
            FailedFencings = [.. FenceHistory.Read(root, "failed")],
        };
    }

    // The key is RESOURCE_OPERATION_INTERVAL, and only the resource may contain an underscore more, as in migrate_to.
    private static OperationFailure ReadFailure(XElement failure)
    {
        string[] parts = ((string?)failure.Attribute("op_key") ?? "").Split('_');
        int name = parts.Length > 3 && parts[^3] == "migrate" ? 2 : 1;
        return parts.Length < name + 2
            ? new OperationFailure((string?)failure.Attribute("id") ?? "", "", (string?)failure.Attribute("node") ?? "")
            : new OperationFailure(
                string.Join('_', parts[..^(name + 1)]),
                string.Join('_', parts[^(name + 1)..^1]),
                (string?)failure.Attribute("node") ?? ""
            )
            {
                Status = (string?)failure.Attribute("exitstatus") ?? (string?)failure.Attribute("status") ?? "",
                Reason = (string?)failure.Attribute("exitreason") ?? "",
            };
    }

    private static NodeStatus ReadNode(XElement node) =>
        new((string?)node.Attribute("name") ?? "")
        {
            Online = Flag(node, "online"),
            Standby = Flag(node, "standby"),
            Maintenance = Flag(node, "maintenance"),
            Pending = Flag(node, "pending"),
            Unclean = Flag(node, "unclean"),
        };

    private static ResourceStatus ReadResource(XElement resource) =>
        new((string?)resource.Attribute("id") ?? "", (string?)resource.Attribute("role") ?? "")
        {
            Active = Flag(resource, "active"),
            Failed = Flag(resource, "failed"),

            // Looking at a resource does not move it.
            Pending =
                (string?)resource.Attribute("pending") is not (null or "Monitoring")
                || (string?)resource.Attribute("role") is "Starting" or "Stopping" or "Migrating",
            Managed = Flag(resource, "managed"),
            Nodes = [.. resource.Elements("node").Select(n => (string?)n.Attribute("name") ?? "")],
        };

    private static bool Flag(XElement? element, string name) => (string?)element?.Attribute(name) == "true";
}

/// <summary>What the cluster says of a member node.</summary>
/// <param name="Name">The node's name in the cluster.</param>
public sealed record NodeStatus(string Name)
{
    /// <summary>It is a member and its Pacemaker answers.</summary>
    public bool Online { get; init; }

    /// <summary>It takes no resources because an admin said so.</summary>
    public bool Standby { get; init; }

    /// <summary>Its resources are left alone.</summary>
    public bool Maintenance { get; init; }

    /// <summary>It is about to join.</summary>
    public bool Pending { get; init; }

    /// <summary>It must be fenced before its resources may run elsewhere.</summary>
    public bool Unclean { get; init; }
}

/// <summary>What the cluster says of one instance of a primitive.</summary>
/// <param name="Id">The primitive's name, without an instance number.</param>
/// <param name="Role">Started, Stopped, Starting, Migrating, …</param>
public sealed record ResourceStatus(string Id, string Role)
{
    /// <summary>It runs somewhere.</summary>
    public bool Active { get; init; }

    /// <summary>An operation on it is under way: it is not yet, or no longer, where it says.</summary>
    public bool Pending { get; init; }

    /// <summary>Its last operation failed.</summary>
    public bool Failed { get; init; }

    /// <summary>The cluster acts on it.</summary>
    public bool Managed { get; init; }

    /// <summary>Where it runs.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];
}

/// <summary>A failed operation that the cluster remembers.</summary>
/// <param name="Resource">The primitive, without an instance number.</param>
/// <param name="Operation">start, stop, monitor, migrate_to, …</param>
/// <param name="Node">Where it failed.</param>
public sealed record OperationFailure(string Resource, string Operation, string Node)
{
    /// <summary>What the agent answered, in words.</summary>
    public string Status { get; init; } = "";

    /// <summary>What the agent said.</summary>
    public string Reason { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Resource}: {Operation} failed on "
        + $"{Node}{(Status.Length > 0 ? $" ({Status})" : "")}{(Reason.Length > 0 ? $": {Reason.TrimEnd(' ', ';', ',', '.')}" : "")}";
}
