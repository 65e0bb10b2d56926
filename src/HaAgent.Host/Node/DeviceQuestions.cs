using System.Globalization;
using System.Text.RegularExpressions;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>Block devices as the node sees them. Whether one is empty is learned only when everything on it was looked at.</summary>
internal static partial class DeviceQuestions
{
    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(20);

    /// <summary>The devices of those names, each by a process that may be left behind. Names of one disk, or of parts of it, are looked at
    /// one after the other: who looks by the one name would be a user of the device by the other.</summary>
    public static DevicesAnswer Answer(DevicesQuestion question, Deadline deadline, NodePermit permit)
    {
        var facts = new Dictionary<string, Fact<DeviceFact>>();
        IReadOnlyList<Mount> mounts = HostMounts.All();
        Parallel.ForEach(
            question.Paths.Distinct().GroupBy(path => Attempt.Learn(() => Disk(path, mounts)).Value ?? path),
            NodeVolume.AtOnce,
            names =>
            {
                foreach (string path in names)
                {
                    Fact<DeviceFact> fact = NodeVolume.Device(path, deadline, permit);
                    lock (facts)
                        facts[path] = fact;
                }
            }
        );
        return new DevicesAnswer(facts);
    }

    /// <summary>The devices of those names, by this process.</summary>
    public static DevicesAnswer Here(DevicesQuestion question, Deadline deadline, NodePermit permit) =>
        new(question.Paths.Distinct().ToDictionary(path => path, path => Attempt.Learn(() => Look(path, deadline, permit))));

    // A name that leads over a volume may not be followed here: that may stand still.
    private static Fact<string> Disk(string path, IReadOnlyList<Mount> mounts)
    {
        if (NodeVolume.Foreign(path, mounts) is not null)
            return Fact.Absent<string>();
        using PathHandle? handle = PathHandle.Open(path);
        return handle is { Kind: PathKind.Block } ? Fact.Known(SysBlock.Of(handle.Device).Disk) : Fact.Absent<string>();
    }

    private static Fact<DeviceFact> Look(string path, Deadline deadline, NodePermit permit)
    {
        using PathHandle? handle = PathHandle.Open(path);
        if (handle is not { Kind: PathKind.Block })
            return Fact.Absent<DeviceFact>();
        SysBlock block = SysBlock.Of(handle.Device);
        string real = handle.RealPath;
        Fact<bool> blank = Attempt.Learn(() => Fact.Known(DeviceContent.IsBlank(path, block.Size)));

        // wipefs takes what it cannot read for nothing: it is asked only of a device that could be read.
        Fact<IReadOnlyList<string>> signatures = blank.Then(_ =>
            Attempt.Learn(() => Fact.Known(DeviceContent.Signatures(path, deadline.OrIn(ToolLimit))))
        );
        Fact<ClusterFilesystemFact> filesystem = signatures.Then(found => Attempt.Learn(() => ClusterFilesystem(found, path, deadline)));
        return Fact.Known(
            new DeviceFact
            {
                RealPath = real,
                Size = Attempt.Learn(() => Fact.Known(block.Size)),
                ReadOnly = Attempt.Learn(() => Fact.Known(block.IsReadOnly)),
                StableNames = SysBlock.StableNames(real),
                Blank = blank,
                Signatures = signatures,
                UsedBy = Attempt.Learn(() => Users(block, path, Holdable(filesystem), permit)),
                ClusterFilesystem = filesystem,
            }
        );
    }

    /// <summary>Who may only ask must not keep others from a device, even for a moment; without that nobody is not known to be
    /// all.</summary>
    private static Fact<IReadOnlyList<string>> Users(SysBlock block, string path, bool isHoldable, NodePermit permit)
    {
        IReadOnlyList<string> users = DeviceUsers.Of(block, path, isHoldable && permit == NodePermit.Changes);
        return isHoldable && permit != NodePermit.Changes && users.Count == 0
            ? Fact.NotLearned<IReadOnlyList<string>>("only who may change a node can learn that nobody uses a device")
            : Fact.Known(users);
    }

    // Held alone even for a moment, a volume cannot be mounted: the cluster may be about to, and setup does not format its own again.
    private static bool Holdable(Fact<ClusterFilesystemFact> filesystem) => filesystem.State == FactState.Absent;

    /// <summary>Reads what <c>debugfs.ocfs2 -R stats</c> says.</summary>
    internal static Fact<ClusterFilesystemFact> Ocfs2(string text) =>
        Field(text, "Cluster stack") is { } stack
            ? Fact.Known(new ClusterFilesystemFact("ocfs2", stack, Field(text, "Cluster name") ?? "") { Label = Field(text, "Label") })
            : Fact.NotLearned<ClusterFilesystemFact>("debugfs.ocfs2 names no cluster stack");

    /// <summary>Reads what <c>tunegfs2 -l</c> says: the lock table is "CLUSTER:NAME".</summary>
    internal static Fact<ClusterFilesystemFact> Gfs2(string text) =>
        Field(text, "Lock protocol") is { } stack && Field(text, "File system volume name") is { } table
            ? Fact.Known(
                new ClusterFilesystemFact("gfs2", stack, table.Split(':')[0])
                {
                    Label = table.Split(':', 2) is [_, var label] ? label : null,
                }
            )
            : Fact.NotLearned<ClusterFilesystemFact>("tunegfs2 names no lock protocol");

    private static Fact<ClusterFilesystemFact> ClusterFilesystem(IReadOnlyList<string> signatures, string path, Deadline deadline) =>
        signatures.Contains("ocfs2") ? Ocfs2(NodeQuestions.Output(deadline.OrIn(ToolLimit), "debugfs.ocfs2", "-R", "stats", path))
        : signatures.Contains("gfs2") ? Gfs2(NodeQuestions.Output(deadline.OrIn(ToolLimit), "tunegfs2", "-l", path))
        : Fact.Absent<ClusterFilesystemFact>();

    private static string? Field(string text, string name) =>
        FieldPattern()
            .Matches(text)
            .Where(match => string.Equals(match.Groups["name"].Value.Trim(), name, StringComparison.OrdinalIgnoreCase))
            .Select(match => match.Groups["value"].Value.Trim().Trim('"'))
            .FirstOrDefault();

    [GeneratedRegex(@"^(?<name>[^:\n]+):(?<value>[^\n]*)$", RegexOptions.Multiline)]
    private static partial Regex FieldPattern();
}

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

    /// <summary>The device number, as "major:minor", of the whole disk that it is or is a part of.</summary>
    public string Disk => IsPartition ? RegularFile.Text($"{Path.GetDirectoryName(Real(directory))}/dev").Trim() : Text("dev");

    /// <summary>The kernel's names of it and of its partitions.</summary>
    public IReadOnlyList<string> Names => [.. Partitions.Prepend(Real(directory)).Select(part => Path.GetFileName(part))];

    /// <summary>The device numbers, as "major:minor", of it and of its partitions.</summary>
    public IReadOnlyList<string> Numbers => [Text("dev"), .. Partitions.Select(part => RegularFile.Text($"{part}/dev").Trim())];

    /// <summary>The names of the devices that are built on it or on one of its partitions.</summary>
    public IReadOnlyList<string> Holders =>
        [
            .. Partitions
                .Prepend(directory)
                .Select(part => $"{part}/holders")
                .Where(Directory.Exists)
                .SelectMany(Directory.EnumerateFileSystemEntries)
                .Select(Path.GetFileName)
                .OfType<string>()
                .Distinct(),
        ];

    private IEnumerable<string> Partitions => Directory.EnumerateDirectories(directory).Where(part => File.Exists($"{part}/partition"));

    /// <summary>The device of a number.</summary>
    /// <param name="number">As "major:minor".</param>
    public static SysBlock Of(string number) => new($"/sys/dev/block/{number}");

    /// <summary>The names under /dev/disk/by-* that lead to a device.</summary>
    /// <param name="realPath">The device's own name.</param>
    public static IReadOnlyList<string> StableNames(string realPath) => StableNames("/dev/disk", realPath);

    /// <summary>The names in the directories of a directory that lead to a path.</summary>
    internal static IReadOnlyList<string> StableNames(string root, string realPath) =>
        !Directory.Exists(root)
            ? []
            :
            [
                .. Directory
                    .EnumerateDirectories(root)
                    .SelectMany(Directory.EnumerateFileSystemEntries)
                    .Where(link => File.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName == realPath)
                    .Order(StringComparer.Ordinal),
            ];

    /// <summary>What the device itself says it is; absent: it says nothing.</summary>
    public Fact<string> Identity()
    {
        // A partition is known by its disk and its number.
        string disk = IsPartition ? Path.GetDirectoryName(Real(directory))! : directory;
        string part = IsPartition ? $" partition {Text("partition")}" : "";
        foreach (string file in Identities.Select(name => $"{disk}/{name}").Where(File.Exists))
        {
            if (RegularFile.Text(file).Trim() is { Length: > 0 } identity)
                return Fact.Known(identity + part);
        }

        return Fact.Absent<string>();
    }

    private static string Real(string path) => Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private string Text(string file) => RegularFile.Text($"{directory}/{file}").Trim();
}
