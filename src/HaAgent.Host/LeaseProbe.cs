using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>Asks the kernel who holds a lock, from a process that holds none (fcntl(2), F_GETLK). It takes and changes nothing.</summary>
internal static class LeaseProbe
{
    /// <summary>QEMU marks an image in use by locks on these bytes (block/file-posix.c, RAW_LOCK_PERM_BASE and
    /// RAW_LOCK_SHARED_BASE).</summary>
    private const int QemuLockStart = 100;
    private const int QemuLockLength = 200;

    private const string Virtlockd = "virtlockd";

    /// <summary>Who holds virtlockd's lock of a lease: its first byte. Without a lockspace the disk itself is the lease, which may be a
    /// device.</summary>
    public static LeaseState Ask(string file)
    {
        (FileProblem problem, flock holder) = Query(file, 0, 1);
        if (problem.Kind == FileProblemKind.Missing)
            return new LeaseState(LeaseHolder.Nobody, "the lease file does not exist");
        if (problem.Kind != FileProblemKind.None)
            return new LeaseState(LeaseHolder.CannotTell, problem.Reason);
        if (holder.l_type == F_UNLCK)
            return new LeaseState(LeaseHolder.Nobody, "nobody holds it");

        // A shared lease has many holders, of whom the kernel names one.
        if (holder.l_type == F_RDLCK && SharedHere(file) is int here)
            return new LeaseState(LeaseHolder.ThisNode, $"pid {here}");

        // A holder on another node has no pid here: 0 through a pid namespace, negative or -1 through a cluster filesystem.
        int pid = (int)holder.l_pid;
        if (pid <= 0)
            return new LeaseState(LeaseHolder.Elsewhere, "");
        return ProcessTable
            .IsRoots(pid, Virtlockd)
            .Match(
                _ => new LeaseState(LeaseHolder.ThisNode, $"pid {pid}"),
                () =>
                    ProcessTable
                        .Name(pid)
                        .Match(
                            name => new LeaseState(LeaseHolder.OtherProcess, $"{pid} ({name})"),
                            () => new LeaseState(LeaseHolder.Elsewhere, $"pid {pid}, which is not of this node"),
                            why => new LeaseState(LeaseHolder.CannotTell, why)
                        ),
                why => new LeaseState(LeaseHolder.CannotTell, why)
            );
    }

    /// <summary>Whether a running QEMU is known to have this image file open for writing; absent: none has.</summary>
    public static Fact<bool> ImageUse(string file)
    {
        (FileProblem problem, flock holder) = Query(file, QemuLockStart, QemuLockLength);
        if (problem.Kind == FileProblemKind.Missing || (problem.Kind == FileProblemKind.None && holder.l_type == F_UNLCK))
            return Fact.Absent<bool>();
        return problem.Kind == FileProblemKind.None ? Fact.Known(true) : Fact.NotLearned<bool>(problem.Reason);
    }

    /// <summary>Gives a file the owner, the group and the mode of another.</summary>
    /// <exception cref="IOException">It could not be done.</exception>
    public static void CopyOwner(string from, string to)
    {
        if (Posix.CopyOwner(from, to) is int error and not 0)
            throw new IOException($"the owner of {from} cannot be given to {to} ({Errno.Text(error)})");
        File.SetUnixFileMode(to, File.GetUnixFileMode(from));
    }

    /// <summary>A virtlockd of this node that holds a shared lock of the file; null: none that is known.</summary>
    private static int? SharedHere(string file)
    {
        if (!Posix.Stat(file, out Tmds.Linux.statx facts))
            return null;
        try
        {
            foreach (
                int pid in KernelLocks.Readers(RegularFile.Text("/proc/locks"), facts.stx_dev_major, facts.stx_dev_minor, facts.stx_ino)
            )
            {
                if (ProcessTable.IsRoots(pid, Virtlockd).State == FactState.Known)
                    return pid;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the one that was named has to do.
        }

        return null;
    }

    private static (FileProblem Problem, flock Holder) Query(string path, long start, long length)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle? file = RegularFile.Open(
            path,
            O_RDWR,
            out _,
            out FileProblem problem,
            orBlock: true
        );
        if (file is null)
            return (problem, default);
        var query = new flock
        {
            l_type = (short)F_WRLCK,
            l_whence = (short)SEEK_SET,
            l_start = start,
            l_len = length,
        };
        return Posix.GetLock((int)file.DangerousGetHandle(), ref query, out int error)
            ? (default, query)
            : (new FileProblem(FileProblemKind.Unanswered, Errno.Text(error)), default);
    }
}

/// <summary>The lock of a lease file, held by this process until it is disposed of: no virtlockd of any node can take it
/// meanwhile.</summary>
internal sealed class HeldLease : IDisposable
{
    private const int OwnerOnly = 0x180; // 0600

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

    /// <summary>Takes the lock that virtlockd would take (lock_driver_lockd.c: the first byte, in a file that only root may open), if it is
    /// free.</summary>
    public static HeldLease Take(string file)
    {
        int fd = Posix.Open(file, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, out int error, OwnerOnly);
        if (fd < 0)
            return new HeldLease(fd, $"cannot be opened ({Errno.Text(error)})", isTaken: false);
        var wish = new flock
        {
            l_type = (short)F_WRLCK,
            l_whence = (short)SEEK_SET,
            l_start = 0,
            l_len = 1,
        };
        if (Posix.TakeLock(fd, ref wish, out error))
            return new HeldLease(fd, null, isTaken: false);
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

/// <summary>How this node locks disks, and on which mount its lockspace lies.</summary>
internal static class LockspaceProbe
{
    /// <summary>The configuration of libvirt's QEMU driver.</summary>
    public const string QemuConf = "/etc/libvirt/qemu.conf";

    private const string QemuLockdConf = "/etc/libvirt/qemu-lockd.conf";

    /// <summary>Reads libvirt's configuration on this node.</summary>
    public static Fact<LockSetup> ReadSetup() => ReadSetup(QemuConf, QemuLockdConf);

    internal static Fact<LockSetup> ReadSetup(string qemuConf, string qemuLockdConf) =>
        LockSetup.Learn(ConfigFile.ReadText(qemuConf), () => ConfigFile.ReadText(qemuLockdConf));

    /// <summary>Looks at a directory: the kernel itself names the mount of an open descriptor, symbolic links and bind mounts
    /// included.</summary>
    /// <exception cref="IOException">What is there could not be learned: its volume fails.</exception>
    public static LockspaceFacts Look(string directory)
    {
        int fd = Posix.Open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, out int error);
        if (fd < 0)
            return !Errno.IsOfThePath(error)
                ? throw new IOException(Errno.Text(error))
                : new LockspaceFacts(Exists: false, $"cannot be opened ({Errno.Text(error)})", OnRootFilesystem: false, "");
        try
        {
            return HostMounts.Of(fd) is Mount mount
                ? new LockspaceFacts(Exists: true, null, mount.Point == "/", mount.Type)
                {
                    Options = mount.Options,
                    IsMarked = IsMarked(directory, mount),
                }
                : new LockspaceFacts(Exists: true, null, OnRootFilesystem: false, "an unknown filesystem");
        }
        finally
        {
            _ = close(fd);
        }
    }

    /// <summary>The mark lies on the same mount: what lies beside a mount point says nothing of what is mounted there.</summary>
    private static bool IsMarked(string directory, Mount mount) =>
        IsMark($"{directory}/../{Filesystems.SharedMark}", mount) || IsMark($"{directory}/{Filesystems.SharedMark}", mount);

    private static bool IsMark(string path, Mount mount)
    {
        int fd = Posix.Open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, out _);
        if (fd < 0)
            return false;
        using var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        Span<byte> content = stackalloc byte[1];
        return HostMounts.Of(fd)?.Id == mount.Id && RandomAccess.Read(file, content, 0) == 1;
    }
}
