using System.Globalization;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>A path that is held without opening what it leads to (open(2), O_PATH): no FIFO waits, no device is touched.</summary>
internal sealed unsafe class PathHandle : IDisposable
{
    private readonly int _fd;

    private PathHandle(int fd, Tmds.Linux.statx facts)
    {
        _fd = fd;
        Mode = facts.stx_mode;
        Size = (long)facts.stx_size;
        Device = string.Create(CultureInfo.InvariantCulture, $"{facts.stx_rdev_major}:{facts.stx_rdev_minor}");
    }

    /// <summary>What it is.</summary>
    public PathKind Kind
    {
        get
        {
            mode_t kind = (mode_t)(Mode & (ushort)S_IFMT);
            return kind == S_IFREG ? PathKind.File
                : kind == S_IFDIR ? PathKind.Directory
                : kind == S_IFBLK ? PathKind.Block
                : PathKind.Other;
        }
    }

    /// <summary>Whether it is a character device.</summary>
    public bool IsCharacterDevice => (mode_t)(Mode & (ushort)S_IFMT) == S_IFCHR;

    /// <summary>In bytes; 0 for a device.</summary>
    public long Size { get; }

    /// <summary>A device's own number, as "major:minor".</summary>
    public string Device { get; }

    /// <summary>The path without symbolic links.</summary>
    public string RealPath => File.ResolveLinkTarget(ProcPath, returnFinalTarget: false)!.FullName;

    /// <summary>The mount it lies on, as the kernel says (proc(5), fdinfo).</summary>
    public Mount Mount => HostMounts.Of(_fd) ?? throw new IOException("the kernel does not show the mount that it lies on");

    private ushort Mode { get; }

    private string ProcPath => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_fd}");

    /// <summary>Takes hold of a path, following symbolic links.</summary>
    /// <returns>Null: nothing is there.</returns>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static PathHandle? Open(string path)
    {
        int fd = Posix.Open(path, O_PATH | O_CLOEXEC, out int error);
        if (fd < 0)
            return error == ENOENT || error == ENOTDIR ? null : throw Failed("it cannot be looked at", error);
        if (Posix.Stat(fd, out Tmds.Linux.statx facts, out error))
            return new PathHandle(fd, facts);
        _ = close(fd);
        throw Failed("it cannot be looked at", error);
    }

    public void Dispose() => _ = close(_fd);

    private static IOException Failed(string what, int error) => new($"{what} ({Errno.Text(error)})");
}

/// <summary>Turns a look that may fail into what was learned.</summary>
internal static class Attempt
{
    /// <summary>What was learned, or why it was not.</summary>
    public static Fact<T> Learn<T>(Func<Fact<T>> look)
        where T : notnull
    {
        try
        {
            return look();
        }
#pragma warning disable CA1031 // Whatever it is, it is why this one thing was not learned.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Fact.NotLearned<T>(e.Message);
        }
    }
}
