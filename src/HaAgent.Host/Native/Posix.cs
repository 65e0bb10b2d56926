using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace HaAgent.Host.Native;

/// <summary>
/// The system calls whose failure has to be told. Each gives its error number back beside its result, taken in the same transition from
/// native code (SetLastError): read later, by another call, it may be that of whatever the runtime did in between.
/// </summary>
internal static unsafe partial class Posix
{
    private const string LibC = "libc.so.6";

    private const int FSetFd = 2;
    private const int FDupFdCloexec = 1030;
    private const int FdCloexec = 1;

    /// <summary>flock(2), LOCK_EX.</summary>
    public const int LockExclusive = 2;

    /// <summary>flock(2), LOCK_NB.</summary>
    public const int LockWithoutWaiting = 4;

    [LibraryImport(LibC, EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(SafeFileHandle fd, int operation);

    [LibraryImport(LibC, EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetAttribute(SafeFileHandle fd, string name, [Out] byte[] value, nuint size);

    [LibraryImport(LibC, EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetAttribute(SafeFileHandle fd, string name, byte[] value, nuint size, int flags);

    /// <summary>open(2).</summary>
    /// <returns>A descriptor; negative: <paramref name="error"/> says why.</returns>
    public static int Open(string path, int flags, out int error, int mode = 0)
    {
        int fd = open(path, flags, mode);
        error = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        return fd;
    }

    /// <summary>openat(2).</summary>
    /// <returns>A descriptor; negative: <paramref name="error"/> says why.</returns>
    public static int OpenAt(int directory, string name, int flags, out int error)
    {
        int fd = openat(directory, name, flags, 0);
        error = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        return fd;
    }

    /// <summary>mkdirat(2).</summary>
    public static bool MakeDirectoryAt(int directory, string name, int mode, out int error) =>
        Done(mkdirat(directory, name, (uint)mode), out error);

    /// <summary>readlinkat(2).</summary>
    /// <returns>Null: it is no link.</returns>
    public static string? ReadLinkAt(int directory, string name)
    {
        const int longest = 4096;
        byte* target = stackalloc byte[longest];
        nint length = readlinkat(directory, name, target, longest);
        return length < 0 ? null : Encoding.UTF8.GetString(target, (int)length);
    }

    /// <summary>unlink(2).</summary>
    public static bool Unlink(string path, out int error) => Done(unlink(path), out error);

    /// <summary>rmdir(2).</summary>
    public static bool RemoveDirectory(string path, out int error) => Done(rmdir(path), out error);

    /// <summary>rename(2).</summary>
    public static bool Rename(string from, string to, out int error) => Done(rename(from, to), out error);

    /// <summary>Opens what a descriptor holds, by no path that could lead elsewhere meanwhile (proc(5), /proc/self/fd).</summary>
    /// <returns>A descriptor; negative: <paramref name="error"/> says why.</returns>
    public static int Reopen(int fd, int flags, out int error) =>
        Open(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{fd}"), flags, out error);

    /// <summary>read(2), again when a signal came in between.</summary>
    /// <returns>How much; 0: the end; negative: <paramref name="error"/> says why.</returns>
    public static int Read(int fd, Span<byte> buffer, out int error)
    {
        nint count;
        fixed (byte* start = buffer)
        {
            do
            {
                count = read(fd, start, (nuint)buffer.Length);
                error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            } while (error == Tmds.Linux.LibC.EINTR);
        }

        return (int)count;
    }

    /// <summary>Asks whose lock would keep this one from being taken (fcntl(2), F_GETLK).</summary>
    /// <returns>False: <paramref name="error"/> says why.</returns>
    public static bool GetLock(int fd, ref Tmds.Linux.flock query, out int error)
    {
        int result;
        fixed (Tmds.Linux.flock* pointer = &query)
        {
            result = fcntl(fd, Tmds.Linux.LibC.F_GETLK, (nint)pointer);
        }

        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result >= 0;
    }

    /// <summary>Takes a record lock, if nobody has it (fcntl(2), F_SETLK).</summary>
    /// <returns>False: <paramref name="error"/> says why; EAGAIN or EACCES: somebody has it.</returns>
    public static bool TakeLock(int fd, ref Tmds.Linux.flock wish, out int error)
    {
        int result;
        fixed (Tmds.Linux.flock* pointer = &wish)
        {
            result = fcntl(fd, Tmds.Linux.LibC.F_SETLK, (nint)pointer);
        }

        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result >= 0;
    }

    /// <summary>What a file is (statx(2)).</summary>
    public static bool Stat(string path, out Tmds.Linux.statx facts)
    {
        Tmds.Linux.statx seen;
        int result = statx(Tmds.Linux.LibC.AT_FDCWD, path, 0, (uint)Tmds.Linux.LibC.STATX_BASIC_STATS, &seen);
        facts = seen;
        return result >= 0;
    }

    /// <summary>What a file is (statx(2)).</summary>
    /// <returns>False: <paramref name="error"/> says why.</returns>
    public static bool Stat(string path, out Tmds.Linux.statx facts, out int error)
    {
        bool done = Stat(path, out facts);
        error = done ? 0 : Marshal.GetLastPInvokeError();
        return done;
    }

    /// <summary>What an open file is (statx(2), AT_EMPTY_PATH).</summary>
    /// <returns>False: <paramref name="error"/> says why.</returns>
    public static bool Stat(int fd, out Tmds.Linux.statx facts, out int error)
    {
        Tmds.Linux.statx seen;
        int result = statx(fd, "", Tmds.Linux.LibC.AT_EMPTY_PATH, (uint)Tmds.Linux.LibC.STATX_BASIC_STATS, &seen);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        facts = seen;
        return result >= 0;
    }

    /// <summary>fchown(2).</summary>
    public static bool SetOwner(int fd, uint owner, uint group, out int error) => Done(fchown(fd, owner, group), out error);

    /// <summary>fchmod(2).</summary>
    public static bool SetMode(int fd, int mode, out int error) => Done(fchmod(fd, (uint)mode), out error);

    /// <summary>fsync(2).</summary>
    public static bool Flush(int fd, out int error) => Done(fsync(fd), out error);

    /// <summary>Lets go of what is remembered of a file's content, so that it is read anew (posix_fadvise(3),
    /// POSIX_FADV_DONTNEED).</summary>
    public static void Forget(int fd)
    {
        const int dontNeed = 4;
        _ = posix_fadvise(fd, 0, 0, dontNeed);
    }

    /// <summary>The length of a file or device in bytes (lseek(2), SEEK_END).</summary>
    public static bool SeekEnd(int fd, out long length, out int error) => Done(length = lseek(fd, 0, Tmds.Linux.LibC.SEEK_END), out error);

    /// <summary>Whether this process may execute a file (access(2)).</summary>
    public static bool MayExecute(string path) => access(path, Tmds.Linux.LibC.X_OK) == 0;

    /// <summary>Gives a file the owner and the group of another (statx(2), chown(2)).</summary>
    /// <returns>0, or the error.</returns>
    public static int CopyOwner(string from, string to)
    {
        Tmds.Linux.statx facts;
        return
            statx(Tmds.Linux.LibC.AT_FDCWD, from, 0, (uint)Tmds.Linux.LibC.STATX_BASIC_STATS, &facts) < 0
            || chown(to, facts.stx_uid, facts.stx_gid) < 0
            ? Marshal.GetLastPInvokeError()
            : 0;
    }

    /// <summary>flock(2), without waiting.</summary>
    /// <returns>False: somebody has it, or <paramref name="error"/> is another than EWOULDBLOCK.</returns>
    public static bool TryLock(int fd, out int error)
    {
        const int exclusive = 2;
        const int withoutWaiting = 4;
        int result = flock(fd, exclusive | withoutWaiting);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result >= 0;
    }

    /// <summary>The type bits of a file's mode (S_IFMT).</summary>
    /// <returns>False: <paramref name="error"/> says why.</returns>
    public static bool FileType(int fd, out Tmds.Linux.mode_t type, out int error)
    {
        Tmds.Linux.statx facts;
        int result = statx(fd, "", Tmds.Linux.LibC.AT_EMPTY_PATH, Tmds.Linux.LibC.STATX_TYPE, &facts);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        type = (Tmds.Linux.mode_t)(facts.stx_mode & (ushort)Tmds.Linux.LibC.S_IFMT);
        return result >= 0;
    }

    /// <summary>readlink(2).</summary>
    /// <returns>Null: <paramref name="error"/> says why.</returns>
    public static string? ReadLink(string path, out int error)
    {
        const int longest = 4096;
        byte* target = stackalloc byte[longest];
        nint length = readlink(path, target, longest);
        error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
        return length < 0 ? null : Encoding.UTF8.GetString(target, (int)length);
    }

    /// <summary>Two connected stream sockets, closed on exec, with numbers above the standard streams.</summary>
    /// <returns>False: <paramref name="error"/> says why.</returns>
    public static bool SocketPair(out int one, out int other, out int error)
    {
        int* pair = stackalloc int[2];
        int result = socketpair(Tmds.Linux.LibC.AF_UNIX, Tmds.Linux.LibC.SOCK_STREAM | Tmds.Linux.LibC.SOCK_CLOEXEC, 0, pair);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        one = result < 0 ? -1 : AboveStandard(pair[0]);
        other = result < 0 ? -1 : AboveStandard(pair[1]);
        return result >= 0;
    }

    /// <summary>Whether the other end of a socket is closed, both ways (poll(2), POLLHUP).</summary>
    public static bool IsHungUp(int fd)
    {
        var asked = new Tmds.Linux.pollfd { fd = fd };
        return Tmds.Linux.LibC.poll(&asked, 1, 0) > 0 && (asked.revents & Tmds.Linux.LibC.POLLHUP) != 0;
    }

    /// <summary>A pipe, closed on exec, with numbers above the standard streams.</summary>
    /// <returns>False: <paramref name="error"/> says why.</returns>
    public static bool Pipe(out int reads, out int writes, out int error)
    {
        int* pair = stackalloc int[2];
        bool done = Done(pipe2(pair, Tmds.Linux.LibC.O_CLOEXEC), out error);
        reads = done ? AboveStandard(pair[0]) : -1;
        writes = done ? AboveStandard(pair[1]) : -1;
        return done;
    }

    /// <summary>Whoever reads or writes it does not wait (fcntl(2), O_NONBLOCK).</summary>
    public static void SetNonBlocking(int fd) => _ = fcntl(fd, Tmds.Linux.LibC.F_SETFL, Tmds.Linux.LibC.O_NONBLOCK);

    /// <summary>write(2).</summary>
    /// <returns>How much was taken; negative: <paramref name="error"/> says why.</returns>
    public static int Write(int fd, ReadOnlySpan<byte> bytes, out int error)
    {
        fixed (byte* start = bytes)
        {
            nint count = write(fd, start, (nuint)bytes.Length);
            error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            return (int)count;
        }
    }

    private static bool Done(long result, out int error)
    {
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result >= 0;
    }

    private static int AboveStandard(int fd)
    {
        const int firstFree = 10;
        int copy = fcntl(fd, FDupFdCloexec, firstFree);
        if (copy < 0)
            return fd;
        _ = Tmds.Linux.LibC.close(fd);
        return copy;
    }

    [LibraryImport(LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport(LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int directory, string path, int flags, int mode);

    [LibraryImport(LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(int directory, string path, uint mode);

    [LibraryImport(LibC, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint readlinkat(int directory, string path, byte* target, nint size);

    [LibraryImport(LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport(LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);

    [LibraryImport(LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nuint size);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial int fchown(int fd, uint owner, uint group);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial int fchmod(int fd, uint mode);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial int fsync(int fd);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial long lseek(int fd, long offset, int whence);

    [LibraryImport(LibC)]
    private static partial int posix_fadvise(int fd, long offset, long length, int advice);

    [LibraryImport(LibC, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);

    [LibraryImport(LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint owner, uint group);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial int flock(int fd, int operation);

    [LibraryImport(LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, Tmds.Linux.statx* facts);

    [LibraryImport(LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint readlink(string path, byte* target, nint size);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* pair);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial nint write(int fd, byte* bytes, nuint size);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial int pipe2(int* pair, int flags);
}
