using HaAgent.Core.Locking;

namespace HaAgent.Core.Node;

/// <summary>Every mount of the node. The kernel writes the answer; it never waits for a filesystem.</summary>
public sealed record MountsQuestion : NodeQuestion;

/// <summary>To <see cref="MountsQuestion"/>.</summary>
/// <param name="Mounts">In the kernel's order: of two at one point the later one is seen there.</param>
public sealed record MountsAnswer(IReadOnlyList<Mount> Mounts) : NodeAnswer;

/// <summary>A regular file on a node.</summary>
/// <param name="Text">Its bytes, one char each (Latin-1).</param>
/// <param name="Age">How long ago it was last written.</param>
public sealed record FileFact(string Text, TimeSpan Age);

/// <summary>The content and the age of files. Each may lie on a shared filesystem that hangs: it costs only its own answer.</summary>
/// <param name="Paths">Absolute paths.</param>
public sealed record FilesQuestion(IReadOnlyList<string> Paths) : NodeQuestion;

/// <summary>To <see cref="FilesQuestion"/>.</summary>
/// <param name="Files">By path; absent: nothing is there.</param>
public sealed record FilesAnswer(IReadOnlyDictionary<string, Fact<FileFact>> Files) : NodeAnswer;

/// <summary>A directory on a node.</summary>
/// <param name="MountPoint">The mount point of the filesystem it lies on.</param>
/// <param name="Mark">What the mark that haagent leaves in a shared directory says; absent: there is none.</param>
public sealed record DirectoryFact(string MountPoint, Fact<string> Mark)
{
    /// <summary>The file that marks a shared directory; its content is random, so two local directories never look like one shared
    /// one.</summary>
    public const string MarkFile = ".haagent";
}

/// <summary>Directories, which may lie on a shared filesystem that hangs.</summary>
/// <param name="Paths">Absolute paths.</param>
public sealed record DirectoriesQuestion(IReadOnlyList<string> Paths) : NodeQuestion;

/// <summary>To <see cref="DirectoriesQuestion"/>.</summary>
/// <param name="Directories">By path; absent: there is no directory.</param>
public sealed record DirectoriesAnswer(IReadOnlyDictionary<string, Fact<DirectoryFact>> Directories) : NodeAnswer;

/// <summary>What a path leads to.</summary>
public enum PathKind
{
    /// <summary>A plain file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A block device.</summary>
    Block,

    /// <summary>A character device, a socket, a pipe.</summary>
    Other,
}

/// <summary>A path that a guest's XML names, as one node sees it.</summary>
public sealed record PathFact
{
    /// <summary>What it leads to.</summary>
    public required PathKind Kind { get; init; }

    /// <summary>The path without symbolic links.</summary>
    public required string RealPath { get; init; }

    /// <summary>The mount point of the filesystem it lies on; for a device that of the device's own name.</summary>
    public required string MountPoint { get; init; }

    /// <summary>What the device itself says it is (WWID, serial number, device-mapper UUID); absent: it says nothing, or it is no
    /// device.</summary>
    public required Fact<string> Identity { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The names under /dev/disk/by-* that lead to the same device.</summary>
    public required IReadOnlyList<string> StableNames { get; init; }
}

/// <summary>What paths lead to; the shared filesystem they lie on may hang.</summary>
/// <param name="Paths">Absolute paths, whatever characters are in them.</param>
public sealed record PathsQuestion(IReadOnlyList<string> Paths) : NodeQuestion;

/// <summary>To <see cref="PathsQuestion"/>.</summary>
/// <param name="Paths">By path; absent: nothing is there.</param>
public sealed record PathsAnswer(IReadOnlyDictionary<string, Fact<PathFact>> Paths) : NodeAnswer;

/// <summary>A block device on a node, under the path that was asked for.</summary>
public sealed record DeviceFact
{
    /// <summary>Where the path leads: /dev/sdc, /dev/dm-3.</summary>
    public required string RealPath { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required Fact<long> Size { get; init; }

    /// <summary>Whether the kernel refuses to write to it.</summary>
    public required Fact<bool> ReadOnly { get; init; }

    /// <summary>The names under /dev/disk/by-* that lead to it.</summary>
    public required IReadOnlyList<string> StableNames { get; init; }

    /// <summary>Whether it reads as zeros, at both ends and at many places between: only then is it known to be empty.</summary>
    public required Fact<bool> Blank { get; init; }

    /// <summary>What is known by its signature: every filesystem, partition table, RAID or LVM found. That there is none does not make it
    /// empty: a database's raw volume and an encrypted disk without a header have none.</summary>
    public required Fact<IReadOnlyList<string>> Signatures { get; init; }

    /// <summary>What uses it: a mount point, the name of a device built on it, or a program that has it open.</summary>
    public required Fact<IReadOnlyList<string>> UsedBy { get; init; }

    /// <summary>The cluster filesystem on it; absent: there is none.</summary>
    public required Fact<ClusterFilesystemFact> ClusterFilesystem { get; init; }
}

/// <summary>What a cluster filesystem's superblock says.</summary>
/// <param name="Type">ocfs2 or gfs2.</param>
/// <param name="Stack">The cluster stack: pcmk, o2cb, lock_dlm.</param>
/// <param name="ClusterName">The cluster that may mount it.</param>
public sealed record ClusterFilesystemFact(string Type, string Stack, string ClusterName)
{
    /// <summary>The volume's own name; null where none is said.</summary>
    public string? Label { get; init; }
}

/// <summary>Block devices.</summary>
/// <param name="Paths">Absolute paths.</param>
public sealed record DevicesQuestion(IReadOnlyList<string> Paths) : NodeQuestion;

/// <summary>To <see cref="DevicesQuestion"/>.</summary>
/// <param name="Devices">By path; absent: no block device is there.</param>
public sealed record DevicesAnswer(IReadOnlyDictionary<string, Fact<DeviceFact>> Devices) : NodeAnswer;

/// <summary>Storage-based fencing on a node.</summary>
/// <param name="Devices">The devices that its configuration names, and where each name leads; none for a set-up with a watchdog
/// alone.</param>
/// <param name="Running">Whether its daemon runs.</param>
/// <param name="Watchdog">Whether the node has the watchdog device that its configuration names.</param>
public sealed record SbdFact(IReadOnlyDictionary<string, string> Devices, bool Running, bool Watchdog);

/// <summary>Storage-based fencing and its watchdog.</summary>
public sealed record SbdQuestion : NodeQuestion;

/// <summary>To <see cref="SbdQuestion"/>.</summary>
/// <param name="Sbd">Absent: no device is named, and no daemon runs.</param>
public sealed record SbdAnswer(Fact<SbdFact> Sbd) : NodeAnswer;
