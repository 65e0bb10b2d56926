using System.Globalization;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>A block device as the kernel describes it (/sys/dev/block): nothing here opens the device.</summary>
/// <param name="directory">Its directory.</param>
internal sealed class SysBlock(string directory)
{
    private const int SectorBytes = 512;

    // Where disks, NVMe namespaces, device-mapper and virtio keep what names them.
    private static readonly string[] Identities = ["device/wwid", "wwid", "dm/uuid", "device/serial", "serial"];

    /// <summary>In bytes.</summary>
    public long Size => long.Parse(Text("size"), CultureInfo.InvariantCulture) * SectorBytes;

    /// <summary>Whether the kernel refuses to write to it.</summary>
    public bool IsReadOnly => Text("ro") == "1";

    /// <summary>Whether it is a part of another.</summary>
    public bool IsPartition => File.Exists($"{directory}/partition");

    /// <summary>The device numbers, as "major:minor", of it and of its partitions.</summary>
    public IReadOnlyList<string> Numbers => [Text("dev"), .. Partitions.Select(part => File.ReadAllText($"{part}/dev").Trim())];

    /// <summary>The names of the devices that are built on it or on one of its partitions.</summary>
    public IReadOnlyList<string> Holders => [.. Partitions.Prepend(directory).Select(part => $"{part}/holders").Where(Directory.Exists)
        .SelectMany(Directory.EnumerateFileSystemEntries).Select(Path.GetFileName).OfType<string>().Distinct()];

    private IEnumerable<string> Partitions => Directory.EnumerateDirectories(directory).Where(part => File.Exists($"{part}/partition"));

    /// <summary>The device of a number.</summary>
    /// <param name="number">As "major:minor".</param>
    public static SysBlock Of(string number) => new($"/sys/dev/block/{number}");

    /// <summary>The names under /dev/disk/by-* that lead to a device.</summary>
    /// <param name="realPath">The device's own name.</param>
    public static IReadOnlyList<string> StableNames(string realPath) => StableNames("/dev/disk", realPath);

    /// <summary>The names in the directories of a directory that lead to a path.</summary>
    internal static IReadOnlyList<string> StableNames(string root, string realPath) => !Directory.Exists(root) ? [] :
        [.. Directory.EnumerateDirectories(root).SelectMany(Directory.EnumerateFileSystemEntries)
            .Where(link => File.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName == realPath).Order(StringComparer.Ordinal)];

    /// <summary>What the device itself says it is; absent: it says nothing.</summary>
    public Fact<string> Identity()
    {
        // A partition is known by its disk and its number.
        string disk = IsPartition ? Path.GetDirectoryName(Real(directory))! : directory;
        string part = IsPartition ? $" partition {Text("partition")}" : "";
        foreach (string file in Identities.Select(name => $"{disk}/{name}").Where(File.Exists))
        {
            if (File.ReadAllText(file).Trim() is { Length: > 0 } identity)
                return Fact.Known(identity + part);
        }

        return Fact.Absent<string>();
    }

    private static string Real(string path) => Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private string Text(string file) => File.ReadAllText($"{directory}/{file}").Trim();
}
