namespace HaAgent.Core.Locking;

/// <summary>Who may mount a filesystem of a type.</summary>
public enum FilesystemKind
{
    /// <summary>Not a type that this list knows.</summary>
    Unknown,

    /// <summary>Several nodes at once, with locks that hold on all of them.</summary>
    Shared,

    /// <summary>One node: two nodes that see it each see one of their own, or destroy it.</summary>
    Local,
}

/// <summary>Which filesystems carry locks between nodes.</summary>
public static class Filesystems
{
    /// <summary>
    /// The file beside the lockspace, on the same filesystem, by which setup --existing-mount has proven that every node sees that
    /// filesystem: written on one node, read on the others. A directory under a volume that is not mounted does not have it.
    /// </summary>
    public const string SharedMark = ".haagent";

    private static readonly string[] Shared =
        ["ocfs2", "gfs2", "nfs", "nfs4", "ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs", "gpfs", "lustre", "cifs", "smb3", "beegfs"];

    private static readonly string[] Local =
    [
        "ext2", "ext3", "ext4", "xfs", "btrfs", "bcachefs", "f2fs", "jfs", "nilfs2", "reiserfs", "zfs",
        "tmpfs", "ramfs", "rootfs", "devtmpfs", "overlay", "aufs", "ecryptfs",
        "squashfs", "erofs", "iso9660", "udf", "vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "hfsplus", "minix",
    ];

    /// <summary>By its type, as in /proc/self/mountinfo.</summary>
    public static FilesystemKind KindOf(string type) =>
        Array.IndexOf(Shared, type) >= 0 ? FilesystemKind.Shared
        : Array.IndexOf(Local, type) >= 0 ? FilesystemKind.Local
        : FilesystemKind.Unknown;

    /// <summary>
    /// A mount option by which a shared filesystem keeps locks to this node: nfs(5) nolock and local_lock, mount.cifs(8) nobrl, gfs2(5)
    /// localflocks and lockproto=lock_nolock, OCFS2 made with -M local (heartbeat=none), Lustre's localflock. Null: none.
    /// </summary>
    /// <param name="type">The type.</param>
    /// <param name="options">The filesystem's options.</param>
    public static string? LocalLocks(string type, string options) => Array.Find(options.Split(','), option => type switch
    {
        "nfs" or "nfs4" => option is "nolock" or "local_lock=all" or "local_lock=posix",
        "cifs" or "smb3" => option is "nobrl",
        "gfs2" => option is "localflocks" or "lockproto=lock_nolock",
        // With Pacemaker's cluster stack, too, the kernel shows heartbeat=none (ocfs2_show_options in fs/ocfs2/super.c).
        "ocfs2" => option is "heartbeat=none" && !options.Contains("cluster_stack=", StringComparison.Ordinal),
        "lustre" => option is "localflock" or "noflock",
        _ => false,
    });
}
