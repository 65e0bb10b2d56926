using HaAgent.Core.Node;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Node;

/// <summary>Which change is made by whom. One at a time on a node, so that a second run finds the first one's work done and not half done.</summary>
internal static class NodeChanges
{
    /// <summary>Locked (flock(2)) while a change is made.</summary>
    public const string LockFile = "/run/haagent-node.lock";

    /// <summary>Makes one change.</summary>
    /// <param name="change">What.</param>
    /// <param name="deadline">How long the asker waits. What must not be cut in half, as mkfs or the installation of packages, goes on after it.</param>
    /// <param name="lockFile">Held meanwhile.</param>
    public static NodeReply Make(NodeChange change, Deadline deadline, string lockFile = LockFile)
    {
        try
        {
            // Whoever only looks needs not wait for another's change.
            using SafeFileHandle? held = change is SeeMark or SeeGuestProcess ? null : Hold(lockFile, deadline);
            return change switch
            {
                MakeDirectory c => FileChanges.Make(c),
                MarkDirectory c => FileChanges.Make(c),
                SeeMark c => FileChanges.See(c, deadline),
                WriteFile c => FileChanges.Write(c, deadline),
                RemoveFile c => FileChanges.Remove(c, deadline),
                InstallPackages c => PackageChange.Make(c),
                MakeFilesystem c => FilesystemChange.Make(c, deadline),
                EnableUnits c => DaemonChanges.Make(c, deadline),
                RestartUnit c => DaemonChanges.Make(c, deadline),
                RestartProcess c => DaemonChanges.Make(c, deadline),
                DisableAutostart c => GuestChanges.Make(c, deadline),
                ShutDownGuest c => GuestChanges.Make(c, deadline),
                SeeGuestProcess c => GuestChanges.See(c),
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
        if (SystemCalls.Flock(file, SystemCalls.LockExclusive | SystemCalls.LockWithoutWaiting) == 0)
            return file;
        if (!deadline.HasPassed && new Bounded().Run(deadline, () => SystemCalls.Flock(file, SystemCalls.LockExclusive), out int locked) && locked == 0)
            return file;
        throw new TimeoutException($"another haagent holds {lockFile}, and was not done in time");
    }
}
