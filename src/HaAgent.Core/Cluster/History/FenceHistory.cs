using System.Globalization;
using System.Xml.Linq;
using HaAgent.Core.Cluster.Configuration;

namespace HaAgent.Core.Cluster.History;

/// <summary>When nodes were fenced, from <c>crm_mon --output-as=xml --fence-history=3</c>.</summary>
public static class FenceHistory
{
    /// <summary>The last time that a node was fenced, or null.</summary>
    /// <exception cref="System.Xml.XmlException">The text is not XML.</exception>
    public static DateTimeOffset? Last(string xml, string node)
    {
        DateTimeOffset? last = null;
        foreach (XElement fencing in CibXml.Parse(xml).Descendants("fence_event").Where(e => (string?)e.Attribute("target") == node && (string?)e.Attribute("status") == "success"))
        {
            if (DateTimeOffset.TryParse((string?)fencing.Attribute("completed"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) && (last is null || time > last))
                last = time;
        }

        return last;
    }
}
