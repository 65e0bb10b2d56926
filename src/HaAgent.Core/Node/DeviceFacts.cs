namespace HaAgent.Core.Node;

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

    /// <summary>What lies on it: every filesystem, partition table, RAID or LVM signature found; an empty list only when all of it was looked at.</summary>
    public required Fact<IReadOnlyList<string>> Signatures { get; init; }

    /// <summary>What uses it: a mount point, or the name of a device built on it.</summary>
    public required Fact<IReadOnlyList<string>> UsedBy { get; init; }

    /// <summary>The cluster filesystem on it; absent: there is none.</summary>
    public required Fact<ClusterFilesystemFact> ClusterFilesystem { get; init; }
}

/// <summary>What a cluster filesystem's superblock says.</summary>
/// <param name="Type">ocfs2 or gfs2.</param>
/// <param name="Stack">The cluster stack: pcmk, o2cb, lock_dlm.</param>
/// <param name="ClusterName">The cluster that may mount it.</param>
public sealed record ClusterFilesystemFact(string Type, string Stack, string ClusterName);

/// <summary>Block devices.</summary>
/// <param name="Paths">Absolute paths.</param>
public sealed record DevicesQuestion(IReadOnlyList<string> Paths) : NodeQuestion;

/// <summary>To <see cref="DevicesQuestion"/>.</summary>
/// <param name="Devices">By path; absent: no block device is there.</param>
public sealed record DevicesAnswer(IReadOnlyDictionary<string, Fact<DeviceFact>> Devices) : NodeAnswer;

/// <summary>Storage-based fencing on a node.</summary>
/// <param name="Devices">The devices that its configuration names, and where each name leads; none for a set-up with a watchdog alone.</param>
/// <param name="Running">Whether its daemon runs.</param>
/// <param name="Watchdog">Whether the node has the watchdog device that its configuration names.</param>
public sealed record SbdFact(IReadOnlyDictionary<string, string> Devices, bool Running, bool Watchdog);

/// <summary>Storage-based fencing and its watchdog.</summary>
public sealed record SbdQuestion : NodeQuestion;

/// <summary>To <see cref="SbdQuestion"/>.</summary>
/// <param name="Sbd">Absent: no device is named, and no daemon runs.</param>
public sealed record SbdAnswer(Fact<SbdFact> Sbd) : NodeAnswer;
