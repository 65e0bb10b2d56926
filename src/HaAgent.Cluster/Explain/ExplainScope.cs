using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Simulating;
using HaAgent.Cluster.Status;

namespace HaAgent.Cluster.Explain;

/// <summary>Everything an explanation of one guest is made from.</summary>
/// <param name="Watch">What was seen.</param>
/// <param name="Guest">The guest in question.</param>
/// <param name="Next">What the scheduler would do now.</param>
/// <param name="Zone">The time zone of sentences.</param>
public sealed record ExplainScope(WatchScope Watch, WatchedGuest Guest, SimulatedRun Next, TimeZoneInfo Zone)
{
    /// <summary>The guest's name in the cluster.</summary>
    public string Id => Guest.Id;

    /// <summary>The configuration.</summary>
    public Cib Cib => Watch.Snapshot.Cib;

    /// <summary>The cluster's status.</summary>
    public ClusterStatus Status => Watch.Snapshot.Status;

    /// <summary>What the cluster remembers.</summary>
    public ClusterHistory History => Watch.History;

    /// <summary>The nodes on which the cluster runs it.</summary>
    public IReadOnlyList<string> RunsOn => [.. Status.Anywhere(Id)];

    /// <summary>Whether the cluster runs it anywhere.</summary>
    public bool Runs => RunsOn.Count > 0;

    /// <summary>Whether an operation on it is under way: then what is seen of it is not its last word.</summary>
    public bool Moves => Status.Resources.Any(r => r.Id == Id && r.Pending);

    /// <summary>The resource and those it stands in: what is said of a group or clone holds for its members.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var names = new List<string> { Id };
            while (Cib.ParentOf(names[^1]) is { } parent)
                names.Add(parent);
            return names;
        }
    }

    /// <summary>A point in time, in the admin's own zone.</summary>
    public string At(DateTimeOffset? time) => time is { } known
        ? "on " + TimeZoneInfo.ConvertTime(known, Zone).ToString("yyyy-MM-dd 'at' HH:mm:ss", CultureInfo.InvariantCulture)
        : "at a time not remembered";

    /// <summary>A meta attribute of the guest, or else the default of all resources.</summary>
    public string? Meta(string name) => Guest.Resource.MetaValue(name) ?? Cib.ResourceDefault(name);
}
