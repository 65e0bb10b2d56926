namespace HaAgent.Cluster.Facts;

/// <summary>A mount of a node, from /proc/self/mountinfo.</summary>
/// <param name="Point">Where it is mounted.</param>
/// <param name="Type">The filesystem's type.</param>
/// <param name="Source">The device or server behind it.</param>
/// <param name="Options">The filesystem's options.</param>
public sealed record MountFact(string Point, string Type, string Source, string Options)
{
    /// <summary>Types whose mounts on several nodes are one filesystem with locks that count on all of them.</summary>
    private static readonly string[] Shared = ["ocfs2", "gfs2", "nfs", "nfs4", "ceph", "fuse.ceph", "fuse.glusterfs", "lustre", "gpfs", "beegfs", "9p"];

    /// <summary>Whether the type is known to be shared between nodes.</summary>
    public bool IsKnownShared => Shared.Contains(Type);

    /// <summary>Whether locks on it count on this node only.</summary>
    public bool LocksAreLocal => Options.Split(',').Any(o => o is "nolock" or "localflocks" or "local_lock=all" or "local_lock=posix");
}
