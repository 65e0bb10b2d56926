using System.Globalization;
using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;

namespace HaAgent.Core.Node;

/// <summary>What whoever speaks to <c>haagent node</c> may do there, besides what follows from the asker's word.</summary>
public enum NodePermit
{
    /// <summary>Ask, and change nothing.</summary>
    Questions,

    /// <summary>Ask and change.</summary>
    Changes,
}

/// <summary>The files that haagent writes and reads on a node, besides the XML of guests.</summary>
public static class NodeFiles
{
    /// <summary>What is appended to a file's name for the copy of what it was before haagent.</summary>
    public const string CopySuffix = ".before-haagent";

    private static readonly string[] Written = ["/etc/libvirt/qemu.conf", "/etc/libvirt/qemu-lockd.conf", ShutdownOrdering.OfSetup];

    /// <summary>Whether setup and teardown write it.</summary>
    public static bool IsWritten(string path) => Written.Contains(path);

    /// <summary>Whether it is one of libvirt's or systemd's that haagent reads, or a copy of such a one.</summary>
    public static bool IsRead(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ShutdownOrdering.Files.Contains(path)
            || IsWritten(path.EndsWith(CopySuffix, StringComparison.Ordinal) ? path[..^CopySuffix.Length] : path);
    }

    /// <summary>Whether this is XML, or the beginning of it.</summary>
    public static bool IsXml(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> text = content.TrimStart(" \t\r\n"u8);
        return text.IsEmpty || text[0] == '<';
    }

    /// <summary>Whether this is the XML of a guest.</summary>
    public static bool IsGuest(byte[] content) => DomainXml.Parse(content, out _) is not null;
}

/// <summary>
/// What a change may be asked for. Whoever may ask for changes need not be who they were made for: each kind is held to the files, the
/// units and the names that a change of that kind is about.
/// </summary>
public static class ChangeRules
{
    /// <summary>Within a word of Catalan.</summary>
    private const char MiddleDot = '\u00b7';

    private static readonly string[] Modes = ["600", "644"];
    private static readonly string[] Daemons = ["libvirtd", "virtqemud"];
    private static readonly string[] Units = ["libvirtd", "virtqemud", "virtproxyd", "virtlockd", "virtlogd"];

    /// <summary>What is wrong with a change, as the end of a sentence; null: nothing is.</summary>
    public static string? Problem(NodeChange change) =>
        change switch
        {
            MakeDirectory c => Path(c.Path) ?? Path(c.MountPoint),
            MarkDirectory c => Path(c.Path) ?? Mark(c.MarkFile),
            SeeMark c => Path(c.Path) ?? Mark(c.MarkFile),
            SeeFile c => Path(c.Path),
            WriteFile c => Write(c),
            RemoveFile c => NodeFiles.IsWritten(c.Path) ? null : $"{Quoted(c.Path)} is no file that haagent removes",
            SeeDevice c => Filesystem(c.For),
            MakeFilesystem c => Filesystem(c),
            EnableUnits c => c.Units.Select(Unit).FirstOrDefault(problem => problem is not null),
            RestartUnit c => Unit(c.Unit),
            RestartProcess c => Daemons.Contains(c.Name) ? null : $"{Quoted(c.Name)} is no daemon that haagent restarts",
            RefreshResource c => Resource(c.Resource),
            ForgetResource c => Resource(c.Resource),
            _ => null,
        };

    private static string? Write(WriteFile change) =>
        Path(change.Path)
        ?? (
            !NodeFiles.IsWritten(change.Path) && !NodeFiles.IsGuest(change.Content)
                ? $"{Quoted(change.Path)} is no file that haagent writes, and what is to be written is no guest's XML"
            : change.CopySuffix is not (null or NodeFiles.CopySuffix) ? $"{Quoted(change.CopySuffix)} is not how haagent names a copy"
            : !Modes.Contains(change.NewMode) ? $"{Quoted(change.NewMode)} is no mode that haagent gives a file"
            : change.Removes.Any(path => path != change.Path + NodeFiles.CopySuffix) ? "it would remove another file than its own copy"
            : null
        );

    private static string? Filesystem(MakeFilesystem change) =>
        Path(change.Device)
        ?? (
            !change.Device.StartsWith("/dev/", StringComparison.Ordinal) ? $"{Quoted(change.Device)} is no name of a device"
            : change.Slots is < 1 or > 255 ? $"a volume for {change.Slots} nodes is none that haagent makes"
            : Name(change.Cluster) ?? Name(change.Label)
        );

    // Each is looked up in directories that others may write, too: nothing in it may lead back or elsewhere.
    private static string? Path(string path) =>
        path.StartsWith('/')
        && path.Length > 1
        && !path.Any(char.IsControl)
        && path[1..].TrimEnd('/').Split('/').All(part => part is not ("" or "." or ".."))
            ? null
            : $"{Quoted(path)} is not a path from the root without . and ..";

    private static string? Mark(string name) =>
        name == Filesystems.SharedMark ? null : $"{Quoted(name)} is not how haagent marks a directory";

    private static string? Unit(string name) =>
        name.Split('.') is [var unit, "service" or "socket"] && Units.Contains(unit)
            ? null
            : $"{Quoted(name)} is no unit that haagent starts or restarts";

    private static string? Name(string name) =>
        name.Length is > 0 and < 256
        && (char.IsAsciiLetterOrDigit(name[0]) || name[0] == '_')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? null
            : $"{Quoted(name)} is no name";

    // An id of the cluster's configuration may hold the letters of any language (an XML name without a colon).
    private static string? Resource(string name) =>
        name.Length is > 0 and < 256
        && name.EnumerateRunes().First() is var first
        && (Rune.IsLetterOrDigit(first) || first.Value == '_')
        && name.EnumerateRunes().All(c => Rune.IsLetterOrDigit(c) || IsMark(c) || c.Value is '_' or '-' or '.' or MiddleDot)
            ? null
            : $"{Quoted(name)} is no resource's name";

    // The accent of a letter that is written as two.
    private static bool IsMark(Rune c) =>
        Rune.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static string Quoted(string text) => $"'{Core.Text.Printable.Line(text)}'";
}
