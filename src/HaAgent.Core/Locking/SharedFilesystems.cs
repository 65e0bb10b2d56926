namespace HaAgent.Core.Locking;

/// <summary>What a filesystem's type says of whether several nodes see the same files on it.</summary>
public enum FilesystemReach
{
    /// <summary>The type says nothing (fuse, 9p, virtiofs …): it may be either.</summary>
    Unknown,

    /// <summary>Several nodes mount it at once, and a lock that one takes holds on all of them.</summary>
    Shared,

    /// <summary>One node's alone: a lock on it says nothing to another node.</summary>
    Local,
}

/// <summary>The one list of filesystem types (as /proc/self/mountinfo names them), and of the mount options that take the locks from a shared one.</summary>
public static class SharedFilesystems
{
    private static readonly string[] Shared =
        ["ocfs2", "gfs2", "nfs", "nfs4", "ceph", "fuse.ceph", "fuse.ceph-fuse", "glusterfs", "fuse.glusterfs", "gpfs", "lustre", "cifs", "smb3", "beegfs"];

    private static readonly string[] Local =
        ["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs", "bcachefs", "zfs", "tmpfs", "ramfs", "rootfs", "overlay", "squashfs", "erofs",
         "iso9660", "vfat", "exfat", "ntfs", "ntfs3", "devtmpfs", "proc", "sysfs"];

    /// <summary>What the type says.</summary>
    public static FilesystemReach Of(string type) =>
        Array.IndexOf(Shared, type) >= 0 ? FilesystemReach.Shared : Array.IndexOf(Local, type) >= 0 ? FilesystemReach.Local : FilesystemReach.Unknown;

    /// <summary>Whether the options of a mount say that locks on it count on this node only (nfs(5): nolock, local_lock; OCFS2: localflocks; cifs: nobrl).</summary>
    /// <param name="options">Separated by commas.</param>
    public static bool LocksAreLocal(string options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Split(',').Any(option => option is "nolock" or "localflocks" or "nobrl" or "local_lock=all" or "local_lock=posix");
    }
}
