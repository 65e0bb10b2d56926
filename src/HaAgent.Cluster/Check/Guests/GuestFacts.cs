using System.Xml.Linq;
using HaAgent.Cluster.Configuration;
using HaAgent.Core.Guest;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>A guest that is looked at: one of the cluster's, or one that may become one.</summary>
/// <param name="Name">Its name in the cluster, or that of the domain.</param>
public sealed record GuestFacts(string Name)
{
    /// <summary>Its resource; null when it is not in the cluster yet.</summary>
    public Primitive? Resource { get; init; }

    /// <summary>Its XML; null when it could not be read.</summary>
    public string? Text { get; init; }

    /// <summary>What the XML says; null when there is none, or it is wrong.</summary>
    public DomainXml? Xml { get; init; }

    /// <summary>What is wrong with the XML, as the end of a sentence that begins with its name.</summary>
    public string Problem { get; init; } = "";

    /// <summary>The file in which the cluster keeps the XML; null when it is not in the cluster yet.</summary>
    public string? ConfigPath => Resource?.Parameter("config");

    /// <summary>Whether it is meant to move without a stop.</summary>
    public bool Migrates => Resource is null || ClusterBoolean.IsTrue(Resource.MetaValue("allow-migrate"));

    /// <summary>Every path its XML mentions.</summary>
    public IReadOnlyList<MentionedPath> Paths => Text is not null && Xml is not null ? MentionedPath.In(Text) : [];

    /// <summary>The bridges of the nodes that its network cards are plugged into.</summary>
    public IReadOnlyList<string> Bridges => Text is null || Xml is null ? []
        : [.. CibXml.Parse(Text).Descendants("interface").Elements("source").Attributes("bridge").Select(a => a.Value).Distinct()];

    /// <summary>A guest with its XML read.</summary>
    public static GuestFacts Read(string name, Primitive? resource, string? text)
    {
        if (text is null)
            return new GuestFacts(name) { Resource = resource, Problem = "cannot be read" };
        DomainXml? xml = DomainXml.Parse(text, out string problem);
        return new GuestFacts(name) { Resource = resource, Text = text, Xml = xml, Problem = problem };
    }
}
