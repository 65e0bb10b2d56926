using HaAgent.Core.Locking;
using HaAgent.Host.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>Asks the kernel who holds a lock, from a process that holds none (fcntl(2), F_GETLK). It takes and changes nothing.</summary>
internal static class LeaseProbe
{
    /// <summary>QEMU marks an image in use by locks on these bytes (block/file-posix.c, RAW_LOCK_PERM_BASE and RAW_LOCK_SHARED_BASE).</summary>
    private const int QemuLockStart = 100;
    private const int QemuLockLength = 200;

    /// <summary>Who holds virtlockd's lock of a lease file: its first byte.</summary>
    public static LeaseState Ask(string file)
    {
        (int error, flock holder) = Query(file, 0, 1);
        if (error == ENOENT)
            return new LeaseState(LeaseHolder.Nobody, "the lease file does not exist");
        if (error != 0)
            return new LeaseState(LeaseHolder.CannotTell, Errno.Text(error));
        if (holder.l_type == F_UNLCK)
            return new LeaseState(LeaseHolder.Nobody, "nobody holds it");

        // A holder on another node has no pid here: 0 through a pid namespace, negative or -1 through a cluster filesystem.
        int pid = (int)holder.l_pid;
        if (pid <= 0)
            return new LeaseState(LeaseHolder.Elsewhere, "");
        return ProcessTable.Name(pid) switch
        {
            "virtlockd" => new LeaseState(LeaseHolder.ThisNode, $"pid {pid}"),
            "" => new LeaseState(LeaseHolder.Elsewhere, $"pid {pid}, which is not of this node"),
            string other => new LeaseState(LeaseHolder.OtherProcess, $"{pid} ({other})"),
        };
    }

    /// <summary>Whether a running QEMU has this image file open for writing; null when it could not be asked, as of a file that cannot be opened.</summary>
    public static bool? IsImageInUse(string file)
    {
        (int error, flock holder) = Query(file, QemuLockStart, QemuLockLength);
        return error == 0 ? holder.l_type != F_UNLCK : null;
    }

    private static (int Error, flock Holder) Query(string file, long start, long length)
    {
        int fd = Posix.Open(file, O_RDWR | O_NONBLOCK | O_CLOEXEC, out int error);
        if (fd < 0)
            return (error, default);
        var query = new flock { l_type = (short)F_WRLCK, l_whence = (short)SEEK_SET, l_start = start, l_len = length };
        _ = Posix.GetLock(fd, ref query, out error);
        _ = close(fd);
        return (error, query);
    }
}
