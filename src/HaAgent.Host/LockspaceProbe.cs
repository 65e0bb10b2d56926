using System.Globalization;
using HaAgent.Core.Locking;
using HaAgent.Host.Native;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>How this node locks disks, and on which mount its lockspace lies.</summary>
internal static class LockspaceProbe
{
    /// <summary>The configuration of libvirt's QEMU driver.</summary>
    public const string QemuConf = "/etc/libvirt/qemu.conf";

    private const string QemuLockdConf = "/etc/libvirt/qemu-lockd.conf";

    /// <summary>Reads libvirt's configuration on this node.</summary>
    public static LockSetup ReadSetup() => LockSetup.Parse(TextOf(QemuConf), TextOf(QemuLockdConf));

    /// <summary>Looks at a directory: the kernel itself names the mount of an open descriptor, symbolic links and bind mounts included.</summary>
    public static LockspaceSight Look(string directory)
    {
        int fd = Posix.Open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, out int error);
        if (fd < 0)
            return new LockspaceSight(false, $"cannot be opened ({Errno.Text(error)})", false, "");
        try
        {
            return MountOf(fd) is Mount mount
                ? new LockspaceSight(true, null, mount.Point == "/", mount.Type) { Options = mount.Options, IsMarked = IsMarked(directory, mount) }
                : new LockspaceSight(true, null, false, "an unknown filesystem");
        }
        finally
        {
            _ = close(fd);
        }
    }

    /// <summary>The mark lies on the same mount: what lies beside a mount point says nothing of what is mounted there.</summary>
    private static bool IsMarked(string directory, Mount mount)
    {
        int fd = Posix.Open($"{directory}/../{Filesystems.SharedMark}", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, out _);
        if (fd < 0)
            return false;
        using var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        Span<byte> content = stackalloc byte[1];
        return MountOf(fd)?.Id == mount.Id && RandomAccess.Read(file, content, 0) == 1;
    }

    private static Mount? MountOf(int fd)
    {
        const string field = "mnt_id:";
        string[] facts = File.ReadAllLines($"/proc/self/fdinfo/{fd.ToString(CultureInfo.InvariantCulture)}");
        string? id = Array.Find(facts, line => line.StartsWith(field, StringComparison.Ordinal))?[field.Length..].Trim();
        return MountTable.Parse(File.ReadAllText("/proc/self/mountinfo")).FirstOrDefault(mount => mount.Id == id);
    }

    private static string? TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path, System.Text.Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
