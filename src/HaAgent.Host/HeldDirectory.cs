using System.Globalization;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>
/// A directory that is held: what is written, renamed or removed in it meets this one, whatever is put in the place of a part of its path
/// meanwhile. It is walked to part by part, and a symbolic link on the way is followed only where nobody but root can have put one. That
/// is what openat2(2) cannot say, which follows all of them or none, and it holds on every kernel.
/// </summary>
internal sealed class HeldDirectory : IDisposable
{
    private const int MostLinks = 40;

    /// <summary>Everyone may look into it.</summary>
    private const int EveryoneEnters = 0x1ED;

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private HeldDirectory(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    /// <summary>By which it is reached, whatever its path leads to now (proc(5), /proc/self/fd).</summary>
    private string Prefix => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{(int)_handle.DangerousGetHandle()}");

    /// <summary>By which what has a name in it is reached; "." is the directory itself. That name is not looked at: it may be a
    /// link.</summary>
    public string this[string name] => $"{Prefix}/{name}";

    /// <summary>Holds the directory in which a file lies, or may come to lie.</summary>
    /// <param name="path">The file's path, absolute.</param>
    /// <param name="follow">Whether the path may end in a symbolic link, whose end then counts.</param>
    /// <param name="name">The file's name in the directory.</param>
    /// <exception cref="IOException">There is no such directory, or a link on the way that others than root may have put there.</exception>
    public static HeldDirectory Of(string path, bool follow, out string name)
    {
        (SafeFileHandle handle, string walked, name) = Walk(path, follow, make: null);
        return new HeldDirectory(handle, walked);
    }

    /// <summary>Holds a directory, and makes it and those on the way where they are not there.</summary>
    /// <param name="path">Its path, absolute.</param>
    /// <param name="mode">What those that are made are allowed.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static HeldDirectory Make(string path, int mode = EveryoneEnters)
    {
        (SafeFileHandle handle, string walked, _) = Walk($"{path.TrimEnd('/')}/.", follow: false, mode);
        return new HeldDirectory(handle, walked);
    }

    /// <summary>Removes what lies at a path. To see that nothing does takes no trust in the links on the way, and a filesystem that refuses
    /// every change, whatever the name (EROFS), refuses nothing that had to be done.</summary>
    /// <param name="path">The file's path, absolute.</param>
    /// <returns>Whether something was there.</returns>
    /// <exception cref="IOException">It may still be there.</exception>
    public static bool DeleteAt(string path)
    {
        try
        {
            using HeldDirectory directory = Of(path, follow: false, out string name);
            return directory.Delete(name);
        }
        catch (IOException) when (IsAbsent(path))
        {
            return false;
        }
    }

    /// <summary>Removes a file.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="IOException">It may still be there.</exception>
    public bool Delete(string name)
    {
        if (Posix.Unlink(this[name], out int error))
            return true;
        return error == ENOENT ? false : throw Failed($"{_path}/{name} cannot be removed", error);
    }

    /// <summary>Renames a file in it, over another one if there is one.</summary>
    /// <exception cref="IOException">It still has its old name.</exception>
    public void Replace(string from, string to)
    {
        if (!Posix.Rename(this[from], this[to], out int error))
            throw Failed($"{_path}/{from} cannot be renamed", error);
    }

    /// <summary>Makes the names in it outlast a power failure.</summary>
    /// <exception cref="IOException">They may not.</exception>
    public void Flush()
    {
        int fd = Posix.Open(this["."], O_RDONLY | O_DIRECTORY | O_CLOEXEC, out int error);
        if (fd < 0)
            throw Failed($"{_path} cannot be opened", error);
        using var handle = new SafeFileHandle(fd, ownsHandle: true);
        if (!Posix.Flush(fd, out error) && error != EINVAL)
            throw Failed($"{_path} could not be made durable", error);
    }

    /// <summary>A sentence in which the directory has the path by which it is known.</summary>
    public string Words(string text) => text.Replace(Prefix, _path, StringComparison.Ordinal);

    public void Dispose() => _handle.Dispose();

    private static (SafeFileHandle Directory, string Walked, string Name) Walk(string path, bool follow, int? make)
    {
        SafeFileHandle at = Root();
        string walked = "";
        var left = new Stack<string>(Parts(Path.Combine(Environment.CurrentDirectory, path)));
        bool isFollowed = false;
        for (int links = 0; left.TryPop(out string? part); )
        {
            bool isLast = left.Count == 0;
            if (isLast && !follow)
                return (at, walked, part);
            SafeFileHandle? next = Step(at, part, isLast ? null : make, out int error);
            if (next is null && !(isLast && error == ENOENT))
                throw Failed(at, $"{walked}/{part}: {Errno.Text(error)}");
            if (next is null && isFollowed)
                throw Failed(at, "it is a symbolic link to nothing");
            if (next is null || (isLast && !IsLink(next)))
            {
                next?.Dispose();
                return (at, walked, part);
            }

            if (!IsLink(next))
            {
                at.Dispose();
                (at, walked) = (next, $"{walked}/{part}");
                continue;
            }

            // Whoever looked at the path before may have seen something else where there is a link now.
            next.Dispose();
            if (!IsRootsAlone(at))
                throw Failed(at, $"{walked}/{part} is a symbolic link in a directory that others than root may write: it is not followed");
            if (links++ == MostLinks || Posix.ReadLinkAt(Number(at), part) is not { } target)
                throw Failed(at, "it is a symbolic link to itself");
            isFollowed |= isLast;
            foreach (string more in Parts(target))
                left.Push(more);
            if (!target.StartsWith('/'))
                continue;
            at.Dispose();
            (at, walked) = (Root(), "");
        }

        throw Failed(at, "it is no file's path");
    }

    private static SafeFileHandle? Step(SafeFileHandle at, string part, int? make, out int error)
    {
        int look = O_PATH | O_NOFOLLOW | O_CLOEXEC;

        // As a directory first: so that what is mounted when it is entered (autofs) is mounted.
        int fd = Posix.OpenAt(Number(at), part, look | O_DIRECTORY, out error);
        if (fd < 0 && error == ENOENT && make is int mode && (Posix.MakeDirectoryAt(Number(at), part, mode, out error) || error == EEXIST))
            fd = Posix.OpenAt(Number(at), part, look | O_DIRECTORY, out error);
        if (fd < 0 && error == ENOTDIR)
            fd = Posix.OpenAt(Number(at), part, look, out error);
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Its directory is there, and no such name in it.</summary>
    private static bool IsAbsent(string path)
    {
        int fd = Posix.Open(Path.GetDirectoryName(path)!, O_PATH | O_DIRECTORY | O_CLOEXEC, out _);
        if (fd < 0)
            return false;
        using var directory = new SafeFileHandle(fd, ownsHandle: true);
        using SafeFileHandle? seen = Step(directory, Path.GetFileName(path), make: null, out int error);
        return seen is null && error == ENOENT;
    }

    private static SafeFileHandle Root()
    {
        int fd = Posix.Open("/", O_PATH | O_DIRECTORY | O_CLOEXEC, out int error);
        return fd < 0 ? throw new IOException($"/: {Errno.Text(error)}") : new SafeFileHandle(fd, ownsHandle: true);
    }

    private static bool IsLink(SafeFileHandle handle) =>
        Posix.Stat(Number(handle), out Tmds.Linux.statx facts, out _) && (facts.stx_mode & (ushort)S_IFMT) == (ushort)S_IFLNK;

    private static bool IsRootsAlone(SafeFileHandle handle)
    {
        const int writableByOthers = 0x12;
        return Posix.Stat(Number(handle), out Tmds.Linux.statx facts, out _)
            && facts.stx_uid == 0
            && (facts.stx_mode & writableByOthers) == 0;
    }

    private static IEnumerable<string> Parts(string path)
    {
        // The last "." of a path is a name: the directory itself.
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Where((part, i) => part != "." || i == parts.Length - 1).Reverse();
    }

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static IOException Failed(SafeFileHandle at, string what)
    {
        at.Dispose();
        return new IOException(what);
    }

    private static IOException Failed(string what, int error) => new($"{what}: {Errno.Text(error)}");
}
