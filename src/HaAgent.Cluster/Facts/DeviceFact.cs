namespace HaAgent.Cluster.Facts;

/// <summary>A block device on a node, under the path that was asked for.</summary>
/// <param name="Exists">Whether the path leads to a block device.</param>
public sealed record DeviceFact(bool Exists)
{
    /// <summary>Where the path leads: /dev/sdc, /dev/dm-3.</summary>
    public string RealPath { get; init; } = "";

    /// <summary>Its size in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Whether the kernel refuses to write to it.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The names under /dev/disk/by-* that lead to it.</summary>
    public IReadOnlyList<string> StableNames { get; init; } = [];

    /// <summary>What lies on it: every filesystem, partition table, RAID or LVM signature found.</summary>
    public IReadOnlyList<string> Signatures { get; init; } = [];

    /// <summary>What uses it: a mount point, or the name of a device built on it.</summary>
    public IReadOnlyList<string> UsedBy { get; init; } = [];

    /// <summary>The cluster filesystem on it; null when there is none.</summary>
    public ClusterFilesystemFact? ClusterFilesystem { get; init; }
}

/// <summary>What a cluster filesystem's superblock says.</summary>
/// <param name="Type">ocfs2 or gfs2.</param>
/// <param name="Stack">The cluster stack: pcmk, o2cb, lock_dlm.</param>
/// <param name="ClusterName">The cluster that may mount it.</param>
public sealed record ClusterFilesystemFact(string Type, string Stack, string ClusterName);
