using System.Globalization;
using HaAgent.Core.Locking;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>How this node locks disks, and on which mount its lockspace lies.</summary>
internal static unsafe class LockspaceProbe
{
    /// <summary>The configuration of libvirt's QEMU driver.</summary>
    public const string QemuConf = "/etc/libvirt/qemu.conf";

    private const string QemuLockdConf = "/etc/libvirt/qemu-lockd.conf";

    /// <summary>Reads libvirt's configuration on this node.</summary>
    public static LockSetup ReadSetup() => LockSetup.Parse(TextOf(QemuConf), TextOf(QemuLockdConf));

    /// <summary>The files, for reading them on another node.</summary>
    public static string[] Files => [QemuConf, QemuLockdConf];

    /// <summary>Looks at a directory: the kernel itself names the mount of an open descriptor, symbolic links and bind mounts included.</summary>
    public static LockspaceSight Look(string directory)
    {
        int fd = Open(directory, O_DIRECTORY);
        if (fd < 0)
            return new LockspaceSight(false, $"cannot be opened ({Errno.Text()})", false, "");
        try
        {
            string? mount = MountId(fd);
            return Mount(mount) is (string mountPoint, string type, string options)
                ? new LockspaceSight(true, null, mountPoint == "/", type) { Options = options, IsMarked = IsMarked(directory, mount) }
                : new LockspaceSight(true, null, false, "an unknown filesystem");
        }
        finally
        {
            _ = close(fd);
        }
    }

    /// <summary>The mark lies on the same mount: what lies beside a mount point says nothing of what is mounted there.</summary>
    private static bool IsMarked(string directory, string? mount)
    {
        int fd = Open($"{directory}/../{Filesystems.SharedMark}", O_NOFOLLOW | O_NONBLOCK);
        if (fd < 0)
            return false;
        byte content;
        bool marks = MountId(fd) == mount && (long)read(fd, &content, 1) == 1;
        _ = close(fd);
        return marks;
    }

    private static int Open(string path, int flags)
    {
        fixed (byte* name = ConfigFile.PathBytes(path))
        {
            return open(name, O_RDONLY | O_CLOEXEC | flags);
        }
    }

    private static string? MountId(int fd)
    {
        foreach (string line in File.ReadLines($"/proc/self/fdinfo/{fd.ToString(CultureInfo.InvariantCulture)}"))
        {
            if (line.StartsWith("mnt_id:", StringComparison.Ordinal))
                return line["mnt_id:".Length..].Trim();
        }

        return null;
    }

    private static (string MountPoint, string Type, string Options)? Mount(string? id)
    {
        // "36 35 98:0 /root /mount/point options - type source options" (proc(5), mountinfo)
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (fields[0] == id && dash > 0 && dash + 3 < fields.Length)
                return (fields[4], fields[dash + 1], fields[dash + 3]);
        }

        return null;
    }

    private static string? TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
