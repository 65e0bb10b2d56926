using System.Globalization;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;

namespace HaAgent.Host.Node;

/// <summary>Makes a filesystem, after a last look at the device. What that look could not see is taken for something worth
/// keeping.</summary>
internal static unsafe class FilesystemChange
{
    /// <summary>A mkfs that is ended in its work leaves a damaged volume: it gets as much time as it takes.</summary>
    private static readonly TimeSpan MakeLimit = TimeSpan.FromHours(1);

    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(60);

    /// <summary>Looks alone.</summary>
    public static DoneReply See(SeeDevice change, Deadline deadline)
    {
        NodeVolume.LookBefore(change.For, deadline.OrIn(LookLimit));
        return new DoneReply();
    }

    /// <summary>Looks, and makes it.</summary>
    public static DoneReply Make(MakeFilesystem change, Deadline deadline, SafeFileHandle? held)
    {
        NodeVolume.LookBefore(change, deadline.OrIn(LookLimit));
        if (change.Force && change.Signatures.Count > 0)
            Run(deadline.OrIn(LookLimit), ["wipefs", "--all", "--quiet", "--", change.Device], held);
        Run(Deadline.In(MakeLimit), change.Command, held);
        return new DoneReply();
    }

    /// <summary>Compares what is seen with what the plan was made for.</summary>
    internal static void Compare(MakeFilesystem change, long size, bool blank, IReadOnlyList<string> signatures)
    {
        if (size != change.Size)
            throw new IOException(
                $"{change.Device} has {size} bytes now and had {change.Size}: it is not the device that the plan was made for"
            );
        if (!signatures.SequenceEqual(change.Signatures.Distinct().Order(StringComparer.Ordinal)) || (change.Blank && !blank))
            throw new IOException($"{change.Device} holds {Words(blank, signatures)} now, which is not what the plan was made for");
        if (!blank && !change.Force)
            throw new IOException($"{change.Device} holds {Words(blank, signatures)}, and nobody gave that up");
    }

    private static string Words(bool blank, IReadOnlyList<string> signatures) =>
        blank ? "nothing"
        : signatures.Count == 0 ? "data"
        : string.Join(", ", signatures);

    /// <summary>The last look before it is made. The device may not answer: it is looked at by a process that may be left behind.</summary>
    internal static DoneReply Look(MakeFilesystem change, Deadline deadline)
    {
        // While it is held, nobody else on this node can begin to use it.
        using SafeFileHandle device =
            DeviceUsers.HoldAlone(change.Device)
            ?? throw new IOException($"{change.Device} is in use on this node: it is mounted, swapped to, or part of another device");
        int fd = (int)device.DangerousGetHandle();
        if (!Posix.Stat(fd, out Tmds.Linux.statx facts, out int error) || !Posix.SeekEnd(fd, out long size, out error))
            throw new IOException($"{change.Device} cannot be looked at: {Errno.Text(error)}");
        IReadOnlyList<string> users = DeviceUsers.Known(
            SysBlock.Of(string.Create(CultureInfo.InvariantCulture, $"{facts.stx_rdev_major}:{facts.stx_rdev_minor}"))
        );
        if (users.Count > 0)
            throw new IOException($"{change.Device} is in use on this node by {string.Join(", ", users)}");
        bool blank;
        IReadOnlyList<string> signatures;
        try
        {
            // A device that cannot be read is not empty, though wipefs takes it for that.
            blank = DeviceContent.IsBlank(device, size);
            signatures = DeviceContent.Signatures(change.Device, deadline.OrIn(LookLimit));
        }
        catch (IOException e)
        {
            throw new IOException($"what lies on {change.Device} cannot be learned, so nothing was done to it: {e.Message}", e);
        }

        Compare(change, size, blank, signatures);
        return new DoneReply();
    }

    private static void Run(Deadline deadline, IReadOnlyList<string> command, SafeFileHandle? held)
    {
        CommandResult result = Command.Run(deadline, command[0], [.. command.Skip(1)], whenWeEnd: WhenWeEnd.ItGoesOn, held: held);
        if (result.ExitCode != 0)
            throw new IOException($"{command[0]} failed: {result.Reason}");
    }
}
