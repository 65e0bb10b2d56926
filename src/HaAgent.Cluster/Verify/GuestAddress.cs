using System.Xml.Linq;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Verify;

/// <summary>The guest's IP address, as a node's neighbour table knows it by the guest's hardware address.</summary>
public static class GuestAddress
{
    /// <summary>The address, or null when no node has heard of it.</summary>
    /// <param name="xml">The guest's XML.</param>
    /// <param name="nodes">The nodes, those first that are to be believed first.</param>
    public static string? Find(string xml, IEnumerable<NodeFacts> nodes)
    {
        string[] cards = [.. CibXml.Parse(xml).Descendants("interface").Elements("mac").Attributes("address").Select(a => a.Value.ToLowerInvariant())];
        return nodes.SelectMany(node => cards.Select(card => node.Neighbours.Value?.GetValueOrDefault(card))).FirstOrDefault(address => address is not null);
    }
}
