using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>Asks the kernel who holds a lock, from a process that holds none (fcntl(2), F_GETLK). It takes and changes nothing.</summary>
internal static unsafe class LeaseProbe
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
            return new LeaseState(LeaseHolder.CannotTell, System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error));
        if (holder.l_type == F_UNLCK)
            return new LeaseState(LeaseHolder.Nobody, "nobody holds it");

        // A shared lease has many holders, of whom the kernel names one.
        if (holder.l_type == F_RDLCK && SharedHere(file) is int here)
            return new LeaseState(LeaseHolder.ThisNode, $"pid {here}");

        // A holder on another node has no pid here: 0 through a pid namespace, negative or -1 through a cluster filesystem.
        int pid = (int)holder.l_pid;
        if (pid <= 0)
            return new LeaseState(LeaseHolder.Elsewhere, "");
        return ProcessTable.Name(pid) switch
        {
            Fact<string>.Known { Value: "virtlockd" } => new LeaseState(LeaseHolder.ThisNode, $"pid {pid}"),
            Fact<string>.Known other => new LeaseState(LeaseHolder.OtherProcess, $"{pid} ({other.Value})"),
            Fact<string>.NotLearned unknown => new LeaseState(LeaseHolder.CannotTell, unknown.Why),
            _ => new LeaseState(LeaseHolder.Elsewhere, $"pid {pid}, which is not of this node"),
        };
    }

    /// <summary>A virtlockd of this node that holds a shared lock of the file; null: none that is known.</summary>
    private static int? SharedHere(string file)
    {
        Tmds.Linux.statx facts;
        fixed (byte* name = ConfigFile.PathBytes(file))
        {
            if (statx(AT_FDCWD, name, 0, STATX_BASIC_STATS, &facts) < 0)
                return null;
        }

        try
        {
            foreach (int pid in KernelLocks.Readers(File.ReadAllText("/proc/locks"), facts.stx_dev_major, facts.stx_dev_minor, facts.stx_ino))
            {
                if (ProcessTable.Name(pid) is Fact<string>.Known { Value: "virtlockd" })
                    return pid;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the one that was named has to do.
        }

        return null;
    }

    /// <summary>Whether a running QEMU is known to have this image file open for writing.</summary>
    public static bool IsImageInUse(string file) => ImageUse(file) is Fact<bool>.Known;

    /// <summary>The same, with what could not be found out as an answer of its own; absent: none has.</summary>
    public static Fact<bool> ImageUse(string file)
    {
        (int error, flock holder) = Query(file, QemuLockStart, QemuLockLength);
        if (error == ENOENT || (error == 0 && holder.l_type == F_UNLCK))
            return new Fact<bool>.Absent();
        return error == 0 ? new Fact<bool>.Known(true) : new Fact<bool>.NotLearned(Errno.Text(error));
    }

    /// <summary>Gives a file the owner, the group and the mode of another.</summary>
    /// <exception cref="IOException">It could not be done.</exception>
    public static void CopyOwner(string from, string to)
    {
        Tmds.Linux.statx facts;
        fixed (byte* source = ConfigFile.PathBytes(from), target = ConfigFile.PathBytes(to))
        {
            if (statx(AT_FDCWD, source, 0, STATX_BASIC_STATS, &facts) < 0 || chown(target, facts.stx_uid, facts.stx_gid) < 0)
                throw new IOException($"the owner of {from} cannot be given to {to} ({Errno.Text()})");
        }

        File.SetUnixFileMode(to, File.GetUnixFileMode(from));
    }

    private static (int Error, flock Holder) Query(string file, long start, long length)
    {
        int fd;
        fixed (byte* name = ConfigFile.PathBytes(file))
        {
            fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        }

        if (fd < 0)
            return (Errno.Number, default);
        var query = new flock { l_type = (short)F_WRLCK, l_whence = (short)SEEK_SET, l_start = start, l_len = length };
        int result = fcntl(fd, F_GETLK, &query);
        int error = result < 0 ? Errno.Number : 0;
        _ = close(fd);
        return (error, query);
    }
}

/// <summary>
/// The lock of a lease file, held by this process until it is disposed of: no virtlockd of any node can take it meanwhile.
/// </summary>
internal sealed unsafe class HeldLease : IDisposable
{
    private readonly int _fd;

    private HeldLease(int fd, string? problem, bool isTaken)
    {
        _fd = fd;
        Problem = problem;
        IsTaken = isTaken;
    }

    /// <summary>Why it is not held, as the end of a sentence that begins with the file; null: it is.</summary>
    public string? Problem { get; }

    /// <summary>Somebody else holds it.</summary>
    public bool IsTaken { get; }

    /// <summary>
    /// Takes the lock that virtlockd would take (lock_driver_lockd.c: the first byte, in a file that only root may open), if it is free.
    /// </summary>
    public static HeldLease Take(string file)
    {
        int fd;
        fixed (byte* name = ConfigFile.PathBytes(file))
        {
            fd = open(name, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, (mode_t)0x180);
        }

        if (fd < 0)
            return new HeldLease(fd, $"cannot be opened ({Errno.Text()})", isTaken: false);
        var wish = new flock { l_type = (short)F_WRLCK, l_whence = (short)SEEK_SET, l_start = 0, l_len = 1 };
        if (fcntl(fd, F_SETLK, &wish) == 0)
            return new HeldLease(fd, null, isTaken: false);
        int error = Errno.Number;
        bool isTaken = error == EAGAIN || error == EACCES;
        string problem = isTaken ? "is held by somebody" : $"cannot be locked ({Errno.Text(error)})";
        _ = close(fd);
        return new HeldLease(-1, problem, isTaken);
    }

    public void Dispose()
    {
        if (_fd >= 0)
            _ = close(_fd);
    }
}
