using System.Globalization;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Node;

/// <summary>Who uses a device on this node, or one of its partitions: what is built on it, where it is mounted, swap, and every program
/// that has it open, as a QEMU has its guest's disk.</summary>
internal static unsafe class DeviceUsers
{
    /// <summary>All of them, in words.</summary>
    /// <param name="block">The device.</param>
    /// <param name="path">Its path.</param>
    /// <param name="mayHold">Whether it may be held alone for a moment, to learn of users that nothing names.</param>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static IReadOnlyList<string> Of(SysBlock block, string path, bool mayHold)
    {
        IReadOnlyList<string> known = Known(block);
        if (known.Count > 0 || !mayHold)
            return known;
        using SafeFileHandle? alone = HoldAlone(path);
        return alone is null ? ["something that the kernel does not name"] : known;
    }

    /// <summary>Those that can be named.</summary>
    public static IReadOnlyList<string> Known(SysBlock block) =>
        [
            .. Named(block, RegularFile.Text("/proc/self/mountinfo"), RegularFile.Text("/proc/swaps"))
                .Concat(Loops("/sys/block", block.Numbers))
                .Concat(Programs("/proc", block.Numbers))
                .Distinct(),
        ];

    /// <summary>Opens a device so that nobody else on this node can begin to use it.</summary>
    /// <returns>Null: somebody uses it.</returns>
    /// <exception cref="IOException">It cannot be opened, or is no block device.</exception>
    public static SafeFileHandle? HoldAlone(string path)
    {
        // For a block device O_EXCL without O_CREAT fails with EBUSY while it, or a part of it, is mounted, swapped to, or carries another
        // device (open(2)).
        int fd = Posix.Open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC, out int error);
        if (fd < 0)
            return error == EBUSY ? null : throw new IOException($"{path} cannot be opened: {Errno.Text(error)}");
        var file = new SafeFileHandle(fd, ownsHandle: true);
        if (Posix.Stat(fd, out Tmds.Linux.statx facts, out _) && (facts.stx_mode & (ushort)S_IFMT) == (ushort)S_IFBLK)
            return file;
        file.Dispose();
        throw new IOException($"{path} is not a block device");
    }

    /// <summary>What is built on it, where it is mounted, and swap.</summary>
    internal static IEnumerable<string> Named(SysBlock block, string mountinfo, string swaps)
    {
        IReadOnlyList<string> numbers = block.Numbers;
        string[] names = [.. block.Names.Select(name => $"/dev/{name}")];
        IEnumerable<string> mounts = MountTable
            .Parse(mountinfo)
            .Where(mount => numbers.Contains(mount.Device))
            .Select(mount => mount.Point);
        IEnumerable<string> swap = NodeQuestions.Lines(swaps).Any(line => names.Contains(line.Split((char[])[' ', '\t'])[0]))
            ? ["swap"]
            : [];
        return block.Holders.Concat(mounts).Concat(swap);
    }

    /// <summary>The loop devices that lie on it. The kernel has it open for them, and no program does.</summary>
    private static IEnumerable<string> Loops(string directory, IReadOnlyList<string> numbers)
    {
        foreach (string loop in Directory.EnumerateDirectories(directory, "loop*"))
        {
            string file = $"{loop}/loop/backing_file";
            if (File.Exists(file) && RegularFile.Text(file).Trim() is var back && back.StartsWith("/dev/", StringComparison.Ordinal))
            {
                using PathHandle? handle = PathHandle.Open(back);
                if (handle is { Kind: PathKind.Block } && numbers.Contains(handle.Device))
                    yield return Path.GetFileName(loop);
            }
        }
    }

    /// <summary>The programs that have it open, other than this one.</summary>
    private static IEnumerable<string> Programs(string proc, IReadOnlyList<string> numbers)
    {
        foreach (string directory in Directory.EnumerateDirectories(proc))
        {
            if (
                int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && pid != Environment.ProcessId
                && HasOpen($"{directory}/fd", numbers)
            )
                yield return string.Create(CultureInfo.InvariantCulture, $"{ProcessTable.Name(pid).Value ?? "a process"} (pid {pid})");
        }
    }

    private static bool HasOpen(string directory, IReadOnlyList<string> numbers)
    {
        try
        {
            foreach (string link in Directory.EnumerateFileSystemEntries(directory))
            {
                // Only what lies in a /dev is looked at: another file's filesystem may stand still.
                if (
                    Posix.ReadLink(link, out _) is { } target
                    && target.StartsWith("/dev/", StringComparison.Ordinal)
                    && Posix.Stat(link, out Tmds.Linux.statx facts)
                    && (facts.stx_mode & (ushort)S_IFMT) == (ushort)S_IFBLK
                    && numbers.Contains(string.Create(CultureInfo.InvariantCulture, $"{facts.stx_rdev_major}:{facts.stx_rdev_minor}"))
                )
                    return true;
            }

            return false;
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException || ProcessTable.IsGone(e))
        {
            return false;
        }
    }
}
