using System.Xml.Linq;
using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>What a path in a guest's XML is for.</summary>
public enum PathUse
{
    /// <summary>A program or firmware that comes with a package: a copy on each node is right.</summary>
    Program,

    /// <summary>A kernel or an initrd: read at each start, on whichever node.</summary>
    Boot,

    /// <summary>What the guest reads only.</summary>
    ReadOnlyStorage,

    /// <summary>What the guest writes.</summary>
    Storage,

    /// <summary>The guest's firmware variables: written by the guest, and made anew from a template where they are missing.</summary>
    Nvram,
}

/// <summary>A path that a guest's XML mentions.</summary>
/// <param name="Path">The path.</param>
/// <param name="Use">What it is for.</param>
/// <param name="Where">The element that mentions it.</param>
public sealed record MentionedPath(string Path, PathUse Use, string Where)
{
    // What libvirt or the kernel makes on the node where the guest runs.
    private static readonly string[] Local = ["metadata", "serial", "console", "parallel", "channel", "graphics", "rng", "tpm", "audio", "vsock", "seclabel"];

    /// <summary>Every absolute path in a domain's XML, whatever element mentions it: what is not known to be harmless is looked at.</summary>
    public static IReadOnlyList<MentionedPath> In(string xml)
    {
        XElement domain = CibXml.Parse(xml);
        return [.. Walk(domain).Where(p => p.Path.StartsWith('/')).DistinctBy(p => p.Path)];
    }

    private static IEnumerable<MentionedPath> Walk(XElement element)
    {
        string name = element.Name.LocalName;
        if (Local.Contains(name) || element.Name.Namespace != XNamespace.None)
            yield break;
        if (!element.HasElements && element.Value.Trim() is { Length: > 0 } text)
            yield return new MentionedPath(text, UseOf(element, null), name);
        foreach (XAttribute attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration))
            yield return new MentionedPath(attribute.Value, UseOf(element, attribute.Name.LocalName), name);
        foreach (MentionedPath inner in element.Elements().SelectMany(Walk))
            yield return inner;
    }

    private static PathUse UseOf(XElement element, string? attribute) => (element.Name.LocalName, attribute) switch
    {
        ("emulator" or "loader", _) or ("nvram", "template") => PathUse.Program,
        ("kernel" or "initrd" or "dtb" or "table", _) => PathUse.Boot,
        ("nvram", _) => PathUse.Nvram,
        _ => element.AncestorsAndSelf().Any(IsReadOnly) ? PathUse.ReadOnlyStorage : PathUse.Storage,
    };

    // A backing file is read only, whatever the disk above it is.
    private static bool IsReadOnly(XElement element) =>
        element.Name.LocalName == "backingStore" || element.Element("readonly") is not null || (string?)element.Attribute("device") is "cdrom";
}
