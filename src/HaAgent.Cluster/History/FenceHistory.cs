using System.Globalization;
using System.Xml.Linq;
using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.History;

/// <summary>A node was fenced, and is known to have been off.</summary>
/// <param name="Node">The node.</param>
/// <param name="When">When that was done.</param>
public sealed record Fencing(string Node, DateTimeOffset When);

/// <summary>When nodes were fenced, from <c>crm_mon --output-as=xml</c>.</summary>
public static class FenceHistory
{
    /// <summary>The last time that a node was fenced, or null.</summary>
    /// <exception cref="System.Xml.XmlException">The text is not XML.</exception>
    public static DateTimeOffset? Last(string xml, string node) => Read(CibXml.Parse(xml)).Where(f => f.Node == node).Select(f => (DateTimeOffset?)f.When).Max();

    /// <summary>The fencings that succeeded.</summary>
    /// <param name="root">The root element, pacemaker-result.</param>
    internal static IEnumerable<Fencing> Read(XElement root)
    {
        foreach (XElement fencing in root.Descendants("fence_event").Where(e => (string?)e.Attribute("status") == "success"))
        {
            if (DateTimeOffset.TryParse((string?)fencing.Attribute("completed"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
                yield return new Fencing((string?)fencing.Attribute("target") ?? "", time);
        }
    }
}
