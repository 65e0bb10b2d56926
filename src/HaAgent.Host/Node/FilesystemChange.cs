using System.Text.Json;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Node;

/// <summary>Makes a filesystem, after a last look at the device. What that look could not see is taken for something worth
/// keeping.</summary>
internal static unsafe class FilesystemChange
{
    /// <summary>A mkfs that is ended in its work leaves a damaged volume: it gets as much time as it takes.</summary>
    private static readonly TimeSpan MakeLimit = TimeSpan.FromHours(1);

    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(60);

    /// <summary>Looks, and makes it.</summary>
    public static DoneReply Make(MakeFilesystem change, Deadline deadline)
    {
        if (!change.Device.StartsWith('/'))
            throw new IOException($"'{change.Device}' is not an absolute path");
        if (change.Slots is < 1 or > 255)
            throw new IOException($"a volume for {change.Slots} nodes is none that haagent makes");
        Look(change, deadline);
        if (change.Force && change.Signatures.Count > 0)
            Run(deadline.OrIn(LookLimit), ["wipefs", "--all", "--quiet", "--", change.Device]);
        Run(Deadline.In(MakeLimit), change.Command);
        return new DoneReply();
    }

    /// <summary>The types in what <c>wipefs --no-act --json</c> said, each once.</summary>
    /// <exception cref="IOException">It failed, was cut, or said something else: what lies on the device is not known.</exception>
    internal static IReadOnlyList<string> Signatures(string device, CommandResult wipefs)
    {
        if (!wipefs.Succeeded)
            throw new IOException($"what lies on {device} cannot be learned, so nothing was done to it: wipefs: {wipefs.Reason}");
        try
        {
            // An empty device is said so; no word at all is no answer.
            using var answer = JsonDocument.Parse(wipefs.Output);
            return
            [
                .. answer
                    .RootElement.GetProperty("signatures")
                    .EnumerateArray()
                    .Select(found => found.GetProperty("type").GetString() ?? throw new JsonException("a signature without a type"))
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new IOException(
                $"what lies on {device} cannot be learned, so nothing was done to it: wipefs gave an answer that haagent cannot read",
                e
            );
        }
    }

    /// <summary>Compares what is seen with what the plan was made for.</summary>
    internal static void Compare(MakeFilesystem change, long size, IReadOnlyList<string> signatures)
    {
        if (size != change.Size)
            throw new IOException(
                $"{change.Device} has {size} bytes now and had {change.Size}: it is not the device that the plan was made for"
            );
        if (!signatures.SequenceEqual(change.Signatures.Distinct().Order(StringComparer.Ordinal)))
            throw new IOException(
                $"{change.Device} holds {(signatures.Count == 0 ? "nothing" : string.Join(", ", signatures))} now, which is not what the "
                    + "plan was made for"
            );
        if (signatures.Count > 0 && !change.Force)
            throw new IOException($"{change.Device} holds {string.Join(", ", signatures)}, and nobody gave that up");
    }

    private static void Look(MakeFilesystem change, Deadline deadline)
    {
        using SafeFileHandle device = OpenAlone(change.Device);
        if (!Posix.SeekEnd((int)device.DangerousGetHandle(), out long size, out int error))
            throw new IOException($"the size of {change.Device} cannot be learned: {Errno.Text(error)}");

        // While it is held, nobody else on this node can begin to use it. A device that cannot be read is not empty, though wipefs takes it
        // for that.
        DeviceQuestions.ReadEnds(change.Device, size);
        CommandResult wipefs = Command.Run(deadline.OrIn(LookLimit), "wipefs", ["--no-act", "--json", "--", change.Device]);
        Compare(change, size, Signatures(change.Device, wipefs));
    }

    // For a block device O_EXCL without O_CREAT fails with EBUSY while it, or a part of it, is mounted, swapped to, or carries another
    // device (open(2)).
    private static SafeFileHandle OpenAlone(string path)
    {
        int fd = Posix.Open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC, out int error);
        if (fd < 0)
        {
            throw new IOException(
                error == EBUSY
                    ? $"{path} is in use on this node: it is mounted, swapped to, or part of another device"
                    : $"{path} cannot be opened: {Errno.Text(error)}"
            );
        }

        var file = new SafeFileHandle(fd, ownsHandle: true);
        if (Posix.Stat(fd, out Tmds.Linux.statx facts, out _) && (facts.stx_mode & (ushort)S_IFMT) == (ushort)S_IFBLK)
            return file;
        file.Dispose();
        throw new IOException($"{path} is not a block device");
    }

    private static void Run(Deadline deadline, IReadOnlyList<string> command)
    {
        CommandResult result = Command.Run(deadline, command[0], [.. command.Skip(1)]);
        if (result.ExitCode != 0)
            throw new IOException($"{command[0]} failed: {result.Reason}");
    }
}
