using System.Xml.Linq;
using HaAgent.Core.Ocf;

namespace HaAgent.Cluster.Configuration;

/// <summary>What a guest uses of a node: its agent writes some of it, an admin the rest. A parameter of the guest says whose a figure
/// is.</summary>
internal static class GuestUtilization
{
    private const string Set = "utilization";
    private static readonly string[] Figures = ["cpu", "host_memory", "hv_memory"];

    /// <summary>The parameter that keeps the agent from writing a figure; null for one that it never writes.</summary>
    public static string? SwitchOf(string figure) => Figures.Contains(figure) ? "autoset_utilization_" + figure : null;

    /// <summary>Puts what the agent wrote into the current primitive into another version of it.</summary>
    public static void Bring(XElement current, XElement primitive)
    {
        XElement[] own = [.. primitive.Elements(Set).Elements("nvpair").Where(pair => !IsWrittenByAgent(primitive, Name(pair)))];
        XElement[] brought = [.. current.Elements(Set)];
        if (brought.Length == 0)
        {
            primitive.Elements(Set).Elements("nvpair").Except(own).Remove();
            primitive.Elements(Set).Where(set => !set.HasElements).Remove();
            return;
        }

        primitive.Elements(Set).Remove();
        foreach (XElement set in brought)
            Place(set, primitive);
        Decide(primitive, own);
    }

    // Its place among the other elements means nothing, but it must not look like a change.
    private static void Place(XElement set, XElement primitive)
    {
        XElement? before = set.ElementsBeforeSelf().LastOrDefault() is { } neighbour
            ? primitive.Elements(neighbour.Name).FirstOrDefault(e => CibXml.Id(e) == CibXml.Id(neighbour))
            : null;
        if (before is null)
            primitive.Add(new XElement(set));
        else
            before.AddAfterSelf(new XElement(set));
    }

    // The figures that are not the agent's are as this version has them, wherever they stand.
    private static void Decide(XElement primitive, XElement[] own)
    {
        foreach (
            XElement pair in primitive.Elements(Set).Elements("nvpair").Where(pair => !IsWrittenByAgent(primitive, Name(pair))).ToArray()
        )
        {
            if (own.FirstOrDefault(o => Name(o) == Name(pair)) is { } decided)
                pair.SetAttributeValue("value", (string?)decided.Attribute("value"));
            else
                pair.Remove();
        }

        XElement first = primitive.Elements(Set).First();
        first.Add(
            own.Where(o => !primitive.Elements(Set).Elements("nvpair").Any(pair => Name(pair) == Name(o))).Select(o => new XElement(o))
        );
        primitive.Elements(Set).Where(set => !set.HasElements).Remove();
    }

    private static bool IsWrittenByAgent(XElement primitive, string name) =>
        SwitchOf(name) is { } parameter
        && !CibXml
            .ReadPairs(primitive, "instance_attributes")
            .Any(p => p.Key == parameter && OcfBoolean.TryParse(p.Value, out bool on) && !on);

    private static string Name(XElement pair) => (string?)pair.Attribute("name") ?? "";
}
