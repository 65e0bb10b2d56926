namespace HaAgent.Cluster.Facts;

/// <summary>What a path leads to on a node.</summary>
public enum PathKind
{
    /// <summary>Nothing.</summary>
    Missing,

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
/// <param name="Kind">What it leads to.</param>
public sealed record PathFact(PathKind Kind)
{
    /// <summary>The path without symbolic links.</summary>
    public string RealPath { get; init; } = "";

    /// <summary>The mount point of the filesystem it lies on; for a device that of the device's own name.</summary>
    public string MountPoint { get; init; } = "";

    /// <summary>What the device itself says it is (WWID, serial number, device-mapper UUID); null when it says nothing.</summary>
    public string? Identity { get; init; }

    /// <summary>Its size in bytes.</summary>
    public long Size { get; init; }

    /// <summary>The names under /dev/disk/by-* that lead to the same device.</summary>
    public IReadOnlyList<string> StableNames { get; init; } = [];
}
