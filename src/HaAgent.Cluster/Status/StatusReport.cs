using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Core.Guest;
using HaAgent.Core.Migration;

namespace HaAgent.Cluster.Status;

/// <summary>A node in the status.</summary>
/// <param name="Name">The node.</param>
/// <param name="State">online, standby, offline, …</param>
/// <param name="Guests">The guests that the cluster runs there.</param>
/// <param name="Problem">Why it, or its libvirt, could not be asked; null when both answered.</param>
public sealed record NodeReport(string Name, string State, IReadOnlyList<string> Guests, string? Problem);

/// <summary>The lock storage in the status.</summary>
/// <param name="Name">The clone.</param>
/// <param name="RunsOn">The nodes on which it is complete.</param>
/// <param name="Missing">Online nodes on which it is not, with the members that do not run.</param>
public sealed record StorageReport(string Name, IReadOnlyList<string> RunsOn, IReadOnlyDictionary<string, IReadOnlyList<string>> Missing);

/// <summary>A guest in the status.</summary>
/// <param name="Name">Its name in the cluster.</param>
/// <param name="Nodes">Where the cluster runs it.</param>
/// <param name="State">Its state in a few words.</param>
/// <param name="Lease">Who holds its locks.</param>
public sealed record GuestReport(string Name, IReadOnlyList<string> Nodes, string State, string Lease)
{
    /// <summary>Its last live migration that the cluster remembers; null when there is none.</summary>
    public MigrationRecord? Migration { get; init; }

    /// <summary>How long it stood still at its last migration; null when no log tells.</summary>
    public TimeSpan? Downtime { get; init; }

    /// <summary>Remembered failures of its operations.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>What does not fit together and endangers it.</summary>
    public IReadOnlyList<string> Dangers { get; init; } = [];
}

/// <summary>The whole status: what the cluster does, and what is really there.</summary>
public sealed record StatusReport(
    bool HasQuorum,
    string? Controller,
    IReadOnlyList<NodeReport> Nodes,
    IReadOnlyList<StorageReport> Storage,
    IReadOnlyList<GuestReport> Guests
)
{
    /// <summary>What endangers all guests, with what ends it.</summary>
    public IReadOnlyList<Standstill> Standstills { get; init; } = [];

    /// <summary>What could not be learned, as sentences without their full stops.</summary>
    public IReadOnlyList<string> NotLearned { get; init; } = [];

    /// <summary>Judges what was seen.</summary>
    public static StatusReport Of(WatchScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ClusterStatus status = scope.Snapshot.Status;
        return new StatusReport(
            status.HasQuorum,
            status.Controller,
            [.. scope.Snapshot.Nodes.Select(node => Node(node, scope))],
            [.. LockClone.All(scope.Snapshot.Cib).Select(clone => ReadStorage(clone, status))],
            [.. scope.Guests.Select(guest => Guest(guest, scope))]
        )
        {
            Standstills = [.. scope.Snapshot.Nodes.SelectMany(node => Standstill.Of(node, scope.Snapshot))],
            NotLearned = scope.NotLearned,
        };
    }

    /// <summary>A node's state in the cluster, in words.</summary>
    public static string StateOf(string node, ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return status.Nodes.FirstOrDefault(n => n.Name == node) switch
        {
            null => "unknown to the cluster",
            { Unclean: true, Online: false } => "UNCLEAN: waits to be fenced",
            { Unclean: true } => "online, UNCLEAN",
            { Online: false } => "offline",
            { Pending: true } => "joining",
            { Maintenance: true } => "maintenance",
            { Standby: true } => "standby",
            _ => "online",
        };
    }

    /// <summary>The dangers of a guest: more than one copy, a copy where the cluster knows of none, a copy without its lock.</summary>
    public static IEnumerable<string> DangersOf(WatchedGuest guest, ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(guest);
        string[] cluster = [.. status.Anywhere(guest.Id)];
        string[] active = [.. guest.ActiveOn];

        // During a migration both ends have it; the cluster says so itself.
        bool moving = status.Resources.Any(r => r.Id == guest.Id && r.Pending);
        if (active.Length > 1 && !moving)
            yield return $"it is active on {string.Join(" and ", active)} at once";
        foreach (string node in active.Except(cluster))
        {
            if (!moving)
                yield return $"it is active on {node}, where the cluster does not run it";
        }

        bool paused = guest.Seen.Values.Any(o => o is Observation.Active { State: DomainState.Paused });
        if (active.Length > 0 && guest.Lease is LeaseHolders.Free free && !moving)
            yield return paused
                ? $"it is paused, so the lock of its disk {free.Disk} is free: another node could start it"
                : $"nobody holds the lock of its disk {free.Disk}: another node could start it";
        if (guest.Lease is LeaseHolders.Held held && held.Nodes.Except(active).ToArray() is { Length: > 0 } others && !moving)
            yield return $"its locks are held on {string.Join(", ", others)}, where it is not seen running";
    }

    private static NodeReport Node(NodeFacts node, WatchScope scope) =>
        new(
            node.Name,
            StateOf(node.Name, scope.Snapshot.Status),
            [.. scope.Guests.Where(g => scope.Snapshot.Status.Anywhere(g.Id).Contains(node.Name)).Select(g => g.Id)],
            node.Unreachable?.Sentence
                ?? scope.Guests.Select(g => g.Seen.GetValueOrDefault(node.Name)).OfType<Observation.Unknown>().FirstOrDefault()?.Why
        );

    private static StorageReport ReadStorage(LockClone clone, ClusterStatus status)
    {
        string[] online = [.. status.Nodes.Where(n => n.Online).Select(n => n.Name)];
        return new StorageReport(
            clone.Name,
            [.. online.Where(node => clone.MissingOn(node, status).Count == 0)],
            online
                .Where(node => clone.MissingOn(node, status).Count > 0 && status.TakesResources(node))
                .ToDictionary(node => node, node => clone.MissingOn(node, status))
        );
    }

    private static GuestReport Guest(WatchedGuest guest, WatchScope scope)
    {
        ClusterStatus status = scope.Snapshot.Status;
        string[] nodes = [.. status.Anywhere(guest.Id)];
        (MigrationRecord Record, MigrationLine? Line)? migration = scope.LastMigration(guest.Id);
        return new GuestReport(guest.Id, nodes, State(guest, status, nodes), guest.Lease.Words)
        {
            Migration = migration?.Record is { } record ? record with { Took = migration?.Line?.Took ?? record.Took } : null,
            Downtime = migration?.Line?.Downtime,
            Failures = [.. status.Failures.Where(f => f.Resource == guest.Id).Select(f => f.ToString())],
            Dangers = [.. DangersOf(guest, status)],
        };
    }

    private static string State(WatchedGuest guest, ClusterStatus status, string[] nodes)
    {
        ResourceStatus? resource = status.Resources.FirstOrDefault(r => r.Id == guest.Id);
        string cluster = resource switch
        {
            null => "not known to the cluster's status",
            { Failed: true, Active: true } => "failed",
            { Failed: true } => "stopped after a failure",
            { Pending: true } => resource.Role is "Started" or "Stopped" ? "changing" : resource.Role.ToLowerInvariant(),
            { Active: false } => ClusterBoolean.IsFalse(guest.Resource.MetaValue("is-managed")) ? "stopped, unmanaged" : "stopped",
            _ => "",
        };
        string unmanaged = resource is { Managed: false, Active: true } ? ", unmanaged" : "";
        if (cluster.Length > 0)
            return cluster + unmanaged;
        return (nodes.Length > 0 && guest.Seen.TryGetValue(nodes[0], out Observation? seen) ? Words(seen) : "started") + unmanaged;
    }

    private static string Words(Observation seen) =>
        seen switch
        {
            Observation.Active active => active.Describe(),
            Observation.Absent => "started, but libvirt does not have it",
            Observation.Foreign => "another domain bears its name",
            Observation.Unknown unknown => $"started (libvirt: {unknown.Why})",
            _ => throw new InvalidOperationException(),
        };
}

/// <summary>A clone that guests depend on: the lock storage.</summary>
/// <param name="Name">The clone's name.</param>
/// <param name="Members">The primitives that each of its instances consists of.</param>
public sealed record LockClone(string Name, IReadOnlyList<string> Members)
{
    /// <summary>The clones that a constraint ties guests to; of one guest, or of all.</summary>
    public static IEnumerable<LockClone> All(Cib cib, string? guest = null)
    {
        ArgumentNullException.ThrowIfNull(cib);
        string[] guests = guest is null ? [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => p.Id)] : [guest];
        string[] named = [.. cib.Constraints.Where(c => c.Resources.Intersect(guests).Any()).SelectMany(c => c.Resources).Distinct()];
        foreach (Clone clone in cib.Clones.Where(c => named.Contains(c.Id) || named.Contains(c.Child)))
            yield return new LockClone(clone.Id, cib.Group(clone.Child)?.Members ?? [clone.Child]);
    }

    /// <summary>The members that do not run on a node.</summary>
    public IReadOnlyList<string> MissingOn(string node, ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return [.. Members.Where(member => !status.Where(member).Contains(node))];
    }
}
