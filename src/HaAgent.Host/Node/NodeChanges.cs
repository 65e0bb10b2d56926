using System.Globalization;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Node;

/// <summary>Which change is made by whom. One at a time on a node, so that a second run finds the first one's work done and not half
/// done.</summary>
internal static class NodeChanges
{
    /// <summary>Locked (flock(2)) while a change is made.</summary>
    public const string LockFile = "/run/haagent-node.lock";

    private static readonly TimeSpan FileLimit = TimeSpan.FromSeconds(50);

    /// <summary>Makes one change.</summary>
    /// <param name="change">What.</param>
    /// <param name="deadline">How long the asker waits. What must not be cut in half, as mkfs or the installation of packages, goes on
    /// after it.</param>
    /// <param name="lockFile">Held meanwhile.</param>
    public static NodeReply Make(NodeChange change, Deadline deadline, string lockFile = LockFile)
    {
        try
        {
            if (ChangeRules.Problem(change) is { } problem)
                return new RefusedReply(problem);

            // Whoever only looks needs not wait for another's change.
            using SafeFileHandle? held = change is SeeMark or SeeFile or SeeDevice or SeeGuestProcess ? null : Hold(lockFile, deadline);
            return change switch
            {
                MakeDirectory c => NodeVolume.Make(c, c.Path, deadline.OrIn(FileLimit), () => FileChanges.Make(c)),
                MarkDirectory c => NodeVolume.Make(c, c.Path, deadline.OrIn(FileLimit), () => FileChanges.Make(c)),
                SeeMark c => FileChanges.See(c, deadline),
                SeeFile c => FileChanges.See(c, deadline),
                WriteFile c => NodeVolume.Make(c, c.Path, deadline.OrIn(FileLimit), () => FileChanges.Write(c, deadline)),
                RemoveFile c => FileChanges.Remove(c, deadline),
                InstallPackages c => PackageChange.Make(c, held),
                SeeDevice c => FilesystemChange.See(c, deadline),
                MakeFilesystem c => FilesystemChange.Make(c, deadline, held),
                EnableUnits c => DaemonChanges.Make(c, deadline, held),
                RestartUnit c => DaemonChanges.Make(c, deadline, held),
                RestartProcess c => DaemonChanges.Make(c, deadline, held),
                DisableAutostart c => GuestChanges.Make(c, deadline),
                ShutDownGuest c => GuestChanges.Make(c, deadline),
                SeeGuestProcess c => GuestChanges.See(c, deadline),
                TryCopy c => GuestChanges.Try(c, deadline),
                RefreshResource c => ClusterChanges.Make(c, deadline),
                ForgetResource c => ClusterChanges.Make(c, deadline),
                RebootNode c => ClusterChanges.Permit(c.Node, deadline),
                CrashNode c => ClusterChanges.Permit(c.Node, deadline),
                _ => new RefusedReply($"this haagent does not know the change {change.GetType().Name}"),
            };
        }
#pragma warning disable CA1031 // Whatever it is, it is why the change was not made.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new RefusedReply(e.Message.TrimEnd('.'));
        }
    }

    /// <summary>Takes a lock that goes with the handle, or with this process however it ends.</summary>
    /// <exception cref="TimeoutException">Another holds it.</exception>
    public static SafeFileHandle Hold(string lockFile, Deadline deadline)
    {
        // Not by .NET, which takes a lock of its own when it opens a file, and fails when another has ours.
        const int ownerReadsAndWrites = 0x180;
        int fd = Native.Posix.Open(lockFile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, out int error, ownerReadsAndWrites);
        if (fd < 0)
            throw new IOException($"{lockFile} cannot be opened: {Errno.Text(error)}");
        var file = new SafeFileHandle(fd, ownsHandle: true);
        if (Posix.Flock(file, Posix.LockExclusive | Posix.LockWithoutWaiting) == 0)
            return file;
        if (!deadline.HasPassed && new Bounded().Run(deadline, () => Posix.Flock(file, Posix.LockExclusive), out int locked) && locked == 0)
            return file;
        throw new TimeoutException($"another haagent holds {lockFile}, and was not done in time");
    }
}

/// <summary>Installs packages.</summary>
internal static class PackageChange
{
    /// <summary>A package tool that is ended in its work leaves a damaged system: it gets as much time as it takes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    /// <summary>Of zypper(8): what was asked for is installed, and a reboot (102) or its own restart (103) is advised.</summary>
    private static readonly int[] ZypperSucceeded = [0, 102, 103];

    /// <summary>Installs.</summary>
    public static NodeReply Make(InstallPackages change, SafeFileHandle? held)
    {
        if (change.Commands.Count == 0)
            return new RefusedReply(
                $"haagent installs no packages by {change.Tool}, or not of such names: "
                    + $"{string.Join(' ', change.Patterns.Concat(change.Packages))}"
            );
        foreach (IReadOnlyList<string> command in change.Commands)
        {
            CommandResult result = Command.Run(
                Deadline.In(Limit),
                command[0],
                [.. command.Skip(1)],
                whenWeEnd: WhenWeEnd.ItGoesOn,
                held: held
            );
            bool good = change.Tool == "zypper" ? result.ExitCode is int code && ZypperSucceeded.Contains(code) : result.ExitCode == 0;
            if (!good)
                return new RefusedReply($"{string.Join(' ', command)}: {result.Reason}");
        }

        return new DoneReply();
    }
}

/// <summary>
/// One moment for all questions of a request, which a process of its own answers: whether a daemon is older than a file must not depend on
/// how long the node took between the two.
/// </summary>
internal static class NodeTime
{
    /// <summary>The time of day, UTC.</summary>
    public static DateTime Now { get; } = DateTime.UtcNow;

    /// <summary>The time since the node booted.</summary>
    public static TimeSpan Uptime { get; } =
        TimeSpan.FromSeconds(double.Parse(RegularFile.Text("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture));
}
