using System.Xml.Linq;

namespace HaAgent.Cluster.Configuration;

/// <summary>
/// What programs write into the configuration by themselves, all the time: it is nobody's decision, so it neither makes a plan outdated nor is
/// taken back by one.
/// </summary>
internal static class MachineWritten
{
    // crm_resource --refresh notes its time, the controller what it is; the agents of guests write what a guest uses of a node.
    private static readonly string[] Properties = ["last-lrm-refresh", "have-watchdog", "dc-version", "cluster-infrastructure"];

    /// <summary>A copy of a configuration with what programs wrote into the current one.</summary>
    public static XElement Bring(XElement current, XElement configuration)
    {
        var copy = new XElement(configuration);
        BringProperties(current, copy);
        foreach (XElement primitive in copy.Descendants("primitive").Where(p => CibXml.ReadAgent(p).IsVirtualMachine))
        {
            if (current.Descendants("primitive").FirstOrDefault(p => CibXml.Id(p) == CibXml.Id(primitive)) is { } same)
                GuestUtilization.Bring(same, primitive);
        }

        return copy;
    }

    private static void BringProperties(XElement current, XElement copy)
    {
        XElement? sets = copy.Element("crm_config");
        if (sets is null || current.Element("crm_config") is not { } fresh)
            return;
        sets.Elements("cluster_property_set").Elements("nvpair").Where(IsOurs).Remove();
        foreach (XElement set in fresh.Elements("cluster_property_set"))
        {
            XElement? target = sets.Elements("cluster_property_set").FirstOrDefault(s => CibXml.Id(s) == CibXml.Id(set));
            XElement[] pairs = [.. set.Elements("nvpair")];
            for (int i = 0; target is not null && i < pairs.Length; i++)
            {
                if (!IsOurs(pairs[i]))
                    continue;
                XElement? before = i == 0 ? null : target.Elements("nvpair").FirstOrDefault(p => CibXml.Id(p) == CibXml.Id(pairs[i - 1]));
                if (before is null)
                    target.Add(new XElement(pairs[i]));
                else
                    before.AddAfterSelf(new XElement(pairs[i]));
            }
        }
    }

    private static bool IsOurs(XElement pair) => Properties.Contains((string?)pair.Attribute("name"));
}
