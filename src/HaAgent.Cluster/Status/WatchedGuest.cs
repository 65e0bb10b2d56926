using System.Text;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Core.Guest;
using HaAgent.Core.Migration;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Status;

/// <summary>A guest under the cluster's care, and what every node sees of it.</summary>
/// <param name="Resource">Its primitive.</param>
public sealed record WatchedGuest(Primitive Resource)
{
    /// <summary>Its name in the cluster.</summary>
    public string Id => Resource.Id;

    /// <summary>Its XML; null when it could not be read anywhere.</summary>
    public DomainXml? Xml { get; init; }

    /// <summary>What is wrong with the XML, as the end of a sentence that begins with the file's name; null when nothing is.</summary>
    public string? XmlProblem { get; init; }

    /// <summary>Reachable nodes on which the XML is missing.</summary>
    public IReadOnlyList<string> UnreadableOn { get; init; } = [];

    /// <summary>Reachable nodes on which it could not be learned whether the XML can be read, and why.</summary>
    public IReadOnlyDictionary<string, string> NotLearnedOn { get; init; } = new Dictionary<string, string>();

    /// <summary>What each node's libvirt, or failing that its processes, say of it.</summary>
    public IReadOnlyDictionary<string, Observation> Seen { get; init; } = new Dictionary<string, Observation>();

    /// <summary>Who holds its locks.</summary>
    public LeaseHolders Lease { get; init; } = new LeaseHolders.Unknown("nobody was asked");

    /// <summary>The domain's name: the resource's when the XML is not known.</summary>
    public string DomainName => Xml?.Identity.Name ?? Id;

    /// <summary>Whether the admin lets it move live.</summary>
    public bool Migrates => ClusterBoolean.IsTrue(Resource.MetaValue("allow-migrate"));

    /// <summary>A guest as the nodes see it.</summary>
    public static WatchedGuest Of(Primitive resource, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(snapshot);
        WatchedGuest guest = Read(resource, snapshot);
        GuestIdentity identity = guest.Xml?.Identity ?? new GuestIdentity(guest.DomainName, null);
        return guest with
        {
            Seen = snapshot.Nodes.ToDictionary(node => node.Name, node => Look(identity, node)),
            Lease = LeaseHolders.Of(guest.Xml, snapshot.Nodes),
        };
    }

    private static WatchedGuest Read(Primitive resource, Snapshot snapshot)
    {
        if (resource.Parameter("config") is not { } path)
            return new WatchedGuest(resource) { XmlProblem = "is not named by the resource" };
        string? text = snapshot.Reached.Select(n => n.File(path).Value?.Text).FirstOrDefault(t => t is not null);
        bool unknown = text is null && snapshot.Reached.Any(n => n.File(path).State == FactState.NotLearned);
        string problem = "is missing on every node that answers";

        // Files come as one char per byte.
        DomainXml? xml = text is null ? null : DomainXml.Parse(Encoding.Latin1.GetBytes(text), out problem);
        return new WatchedGuest(resource)
        {
            Xml = xml,
            XmlProblem = xml is null && !unknown ? problem : null,
            UnreadableOn = xml is null ? [] : [.. snapshot.Reached.Where(n => n.File(path).State == FactState.Absent).Select(n => n.Name)],
            NotLearnedOn = snapshot
                .Reached.Where(n => n.File(path).State == FactState.NotLearned)
                .ToDictionary(n => n.Name, n => n.File(path).Why!),
        };
    }

    private static Observation Look(GuestIdentity guest, NodeFacts node)
    {
        if (node.Unreachable is { } silent)
            return new Observation.Unknown(silent.Sentence);
        bool lives = node.Runs(guest.Name) is { Value: true };
        return node.Domain(guest.Name)
            .Match(
                domain =>
                    !domain.Active ? Absent("defined, but shut off")
                    : guest.Uuid is not null && domain.Uuid != guest.Uuid
                        ? new Observation.Foreign(new GuestIdentity(guest.Name, domain.Uuid), SharesName: true)
                    : new Observation.Active(domain.State, domain.Paused, Evidence.Libvirt),
                () => Absent("libvirt does not know it"),
                why =>
                    lives
                        ? new Observation.Active(DomainState.Unknown, PausedReason.Unknown, Evidence.ProcessOnly)
                        : new Observation.Unknown(why)
            );

        // A guest whose process lives is there, whatever became of libvirt.
        Observation Absent(string how) =>
            lives
                ? new Observation.Active(DomainState.Unknown, PausedReason.Unknown, Evidence.ProcessLostByLibvirt)
                : new Observation.Absent(how);
    }

    /// <summary>The nodes on which it is active.</summary>
    public IEnumerable<string> ActiveOn => Seen.Where(s => s.Value is Observation.Active).Select(s => s.Key);
}

/// <summary>Everything that status and explain judge by.</summary>
/// <param name="Snapshot">The configuration, the cluster's status, the nodes' facts.</param>
/// <param name="History">What the cluster remembers.</param>
/// <param name="Guests">The guests under its care.</param>
public sealed record WatchScope(Snapshot Snapshot, ClusterHistory History, IReadOnlyList<WatchedGuest> Guests)
{
    /// <summary>What could not be learned, as sentences without their full stops: what is said besides is not all there is.</summary>
    public IReadOnlyList<string> NotLearned => [.. Snapshot.Nodes.SelectMany(Unlearned)];

    /// <summary>The last migration of a guest that the cluster remembers, with the agent's line about it where a log still has
    /// it.</summary>
    public (MigrationRecord Record, MigrationLine? Line)? LastMigration(string guest)
    {
        if (History.LastMigration(guest) is not { } record)
            return null;
        NodeFacts? source = Snapshot.Nodes.FirstOrDefault(n => n.Name == record.From);
        MigrationLine? line = source?.MigrationLines.Value?.Select(MigrationLine.Parse).LastOrDefault(l => l?.Resource == guest);
        return (record, line?.To == record.To ? line : null);
    }

    private IEnumerable<string> Unlearned(NodeFacts node) =>
        node.Unreachable is NodeFailure.NotReached && Snapshot.Status.IsKnownToBeOff(node.Name) ? []
        : node.Unreachable is { } silent ? [$"{node.Name} could not be asked, so what it does is not seen: {silent.Sentence.TrimEnd('.')}"]
        :
        [
            .. Unless("what libvirt runs", node, node.Domains.Why),
            .. Unless("which guests' processes run", node, node.Guests.Why),
            .. Unless("how libvirt locks disks", node, LeaseHolders.Setup(node).Why),
            .. Unless("what virtlockd has locked", node, node.Leases.Why),
            .. Unless("for which nodes DLM waits", node, Standstill.Concerns(Snapshot.Cib) ? node.DlmWaits.Why : null),
            .. Guests.SelectMany(guest => Unless($"the XML of {guest.Id}", node, guest.NotLearnedOn.GetValueOrDefault(node.Name))),
        ];

    private static IEnumerable<string> Unless(string what, NodeFacts node, string? why) =>
        why is null ? [] : [$"{what} on {node.Name} could not be learned: {why.TrimEnd('.')}"];
}
