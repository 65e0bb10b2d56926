using System.Xml.Linq;

namespace HaAgent.Libvirt.Tests.Native;

/// <summary>libvirt's own description of its C API, from the package libvirt-dev.</summary>
internal static class LibvirtApi
{
    private const string Path = "/usr/share/libvirt/api/libvirt-api.xml";

    private static readonly XElement Document = File.Exists(Path)
        ? XDocument.Load(Path).Root!
        : throw new FileNotFoundException($"{Path} is missing; run: tests/needs bindings");

    /// <summary>The C types of a function: what it returns, then its arguments.</summary>
    public static string[]? Signature(string function)
    {
        XElement? found = Document.Element("symbols")!.Elements("function").FirstOrDefault(f => f.Attribute("name")!.Value == function);
        return found is null ? null : [found.Element("return")!.Attribute("type")!.Value, .. found.Elements("arg").Select(a => a.Attribute("type")!.Value)];
    }

    /// <summary>The value of an enum member, or null.</summary>
    public static long? EnumValue(string name)
    {
        string? value = Document.Element("symbols")!.Elements("enum").FirstOrDefault(e => e.Attribute("name")!.Value == name)?.Attribute("value")?.Value;
        return value is null ? null : long.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The text of a macro such as VIR_MIGRATE_PARAM_URI, without its quotes, or null.</summary>
    public static string[] MacroTexts(string prefix) =>
        [.. Document.Element("symbols")!.Elements("macro").Where(m => m.Attribute("name")!.Value.StartsWith(prefix, StringComparison.Ordinal)).Select(m => m.Attribute("string")?.Value ?? "")];
}
