using HaAgent.Cluster.Configuration;
using HaAgent.Core.Guest;

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

    /// <summary>Reachable nodes on which the XML cannot be read.</summary>
    public IReadOnlyList<string> UnreadableOn { get; init; } = [];

    /// <summary>What each node's libvirt, or failing that its processes, say of it.</summary>
    public IReadOnlyDictionary<string, Observation> Seen { get; init; } = new Dictionary<string, Observation>();

    /// <summary>Who holds its locks.</summary>
    public LeaseSight Lease { get; init; } = new LeaseSight.Unknown("nobody was asked");

    /// <summary>The domain's name: the resource's when the XML is not known.</summary>
    public string DomainName => Xml?.Identity.Name ?? Id;

    /// <summary>Whether the admin lets it move live.</summary>
    public bool Migrates => ClusterBoolean.IsTrue(Resource.MetaValue("allow-migrate"));

    /// <summary>The nodes on which it is active.</summary>
    public IEnumerable<string> ActiveOn => Seen.Where(s => s.Value is Observation.Active).Select(s => s.Key);
}
