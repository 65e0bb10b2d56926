using System.Text;
using System.Text.Json.Serialization;

namespace HaAgent.Core.Locking;

/// <summary>One mount.</summary>
/// <param name="Point">Where it is mounted.</param>
/// <param name="Type">The filesystem's type.</param>
/// <param name="Source">The device or server behind it.</param>
/// <param name="Options">The filesystem's options.</param>
public sealed record Mount(string Point, string Type, string Source, string Options)
{
    /// <summary>What the kernel of its node calls it, as in /proc/PID/fdinfo; not told to other nodes.</summary>
    [JsonIgnore]
    public string Id { get; init; } = "";

    /// <summary>The filesystem's device number on its node, as "major:minor"; not told to other nodes.</summary>
    [JsonIgnore]
    public string Device { get; init; } = "";

    /// <summary>Whether the type is known to be shared between nodes.</summary>
    [JsonIgnore]
    public bool IsKnownShared => Filesystems.KindOf(Type) == FilesystemKind.Shared;

    /// <summary>Whether locks on it count on this node only.</summary>
    [JsonIgnore]
    public bool LocksAreLocal => Filesystems.LocalLocks(Type, Options) is not null;
}

/// <summary>Reads /proc/self/mountinfo (proc(5)).</summary>
public static class MountTable
{
    /// <summary>Every mount, in the kernel's order: of two at one point the later one is seen there. Lines that cannot be read are left
    /// out.</summary>
    public static IReadOnlyList<Mount> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split('\n').Select(Read).OfType<Mount>()];
    }

    /// <summary>The mount on which a path lies, as far as its letters tell: no symbolic link is followed, and nothing is asked of the
    /// filesystem.</summary>
    public static Mount? Of(IReadOnlyList<Mount> mounts, string path)
    {
        ArgumentNullException.ThrowIfNull(mounts);
        ArgumentNullException.ThrowIfNull(path);
        Mount? best = null;
        foreach (Mount mount in mounts)
        {
            if (Contains(mount.Point, path) && mount.Point.Length >= (best?.Point.Length ?? 0))
                best = mount;
        }

        return best;
    }

    private static bool Contains(string point, string path) =>
        point == "/" || (path.StartsWith(point, StringComparison.Ordinal) && (path.Length == point.Length || path[point.Length] == '/'));

    // "36 35 98:0 /root /mount/point options optional… - type source options"
    private static Mount? Read(string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-");
        return dash < 6 || fields.Length < dash + 4
            ? null
            : new Mount(Unescape(fields[4]), fields[dash + 1], Unescape(fields[dash + 2]), fields[dash + 3])
            {
                Id = fields[0],
                Device = fields[2],
            };
    }

    /// <summary>The kernel writes space, tab, line end and backslash as \ and three octal digits.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        var text = new StringBuilder(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && Octal(field.AsSpan(i + 1, 3)) is int code)
            {
                text.Append((char)code);
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }

        return text.ToString();
    }

    private static int? Octal(ReadOnlySpan<char> digits)
    {
        int value = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7')
                return null;
            value = (value * 8) + (digit - '0');
        }

        return value < 0x80 ? value : null;
    }
}

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
    [
        "ocfs2",
        "gfs2",
        "nfs",
        "nfs4",
        "ceph",
        "fuse.ceph",
        "glusterfs",
        "fuse.glusterfs",
        "gpfs",
        "lustre",
        "cifs",
        "smb3",
        "beegfs",
    ];

    private static readonly string[] Local =
    [
        "ext2",
        "ext3",
        "ext4",
        "xfs",
        "btrfs",
        "bcachefs",
        "f2fs",
        "jfs",
        "nilfs2",
        "reiserfs",
        "zfs",
        "tmpfs",
        "ramfs",
        "rootfs",
        "devtmpfs",
        "overlay",
        "aufs",
        "ecryptfs",
        "squashfs",
        "erofs",
        "iso9660",
        "udf",
        "vfat",
        "msdos",
        "exfat",
        "ntfs",
        "ntfs3",
        "fuseblk",
        "hfsplus",
        "minix",
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
    public static string? LocalLocks(string type, string options) =>
        Array.Find(
            options.Split(','),
            option =>
                type switch
                {
                    "nfs" or "nfs4" => option is "nolock" or "local_lock=all" or "local_lock=posix",
                    "cifs" or "smb3" => option is "nobrl",
                    "gfs2" => option is "localflocks" or "lockproto=lock_nolock",
                    // With Pacemaker's cluster stack, too, the kernel shows heartbeat=none (ocfs2_show_options in fs/ocfs2/super.c).
                    "ocfs2" => option is "heartbeat=none" && !options.Contains("cluster_stack=", StringComparison.Ordinal),
                    "lustre" => option is "localflock" or "noflock",
                    _ => false,
                }
        );
}
