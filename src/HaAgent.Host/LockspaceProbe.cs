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
        int fd;
        fixed (byte* name = ConfigFile.PathBytes(directory))
        {
            fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        }

        if (fd < 0)
            return new LockspaceSight(false, $"cannot be opened ({Errno.Text()})", false, "");
        try
        {
            return MountOf(fd) is (string mountPoint, string type)
                ? new LockspaceSight(true, null, mountPoint == "/", type)
                : new LockspaceSight(true, null, false, "an unknown filesystem");
        }
        finally
        {
            _ = close(fd);
        }
    }

    private static (string MountPoint, string Type)? MountOf(int fd)
    {
        string? id = null;
        foreach (string line in File.ReadLines($"/proc/self/fdinfo/{fd.ToString(CultureInfo.InvariantCulture)}"))
        {
            if (line.StartsWith("mnt_id:", StringComparison.Ordinal))
                id = line["mnt_id:".Length..].Trim();
        }

        // "36 35 98:0 /root /mount/point options - type source options" (proc(5), mountinfo)
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (fields[0] == id && dash > 0 && dash + 1 < fields.Length)
                return (fields[4], fields[dash + 1]);
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
