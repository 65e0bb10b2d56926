using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;

namespace HaAgent.Core.Locking;

/// <summary>Whether a guest that is started here would be protected.</summary>
public static class LockGuard
{
    /// <summary>The verdict before a start.</summary>
    /// <param name="requireLock">auto, true or false.</param>
    /// <param name="setup">How the node is configured.</param>
    /// <param name="look">Looks at the lockspace directory; called only when there is one.</param>
    public static OperationResult Judge(string requireLock, LockSetup setup, Func<string, LockspaceSight> look)
    {
        if (requireLock == "false")
            return OperationResult.Done;
        if (setup.LockManager is null)
        {
            return requireLock == "true"
                ? Refuse("require_lock is true, but libvirt on this node has no lock manager. Set lock_manager = \"lockd\" in /etc/libvirt/qemu.conf and restart the libvirt daemon")
                : OperationResult.Done;
        }

        if (!setup.IsLockd || setup.FileLockspaceDir is not string directory)
            return OperationResult.Done;
        LockspaceSight sight = look(directory);
        if (!sight.Exists)
            return Refuse($"The lockspace directory {directory} (file_lockspace_dir in /etc/libvirt/qemu-lockd.conf) {sight.Problem}. Mount the shared volume, create the directory on it, and restart the libvirt daemon");
        if (sight.OnRootFilesystem)
        {
            return Refuse($"The lockspace directory {directory} (file_lockspace_dir in /etc/libvirt/qemu-lockd.conf) lies on this node's root filesystem, so its locks would protect nothing: the shared volume is not mounted. "
                + "Mount it, which the cluster's lock storage clone does");
        }

        if (Filesystems.LocalLocks(sight.FilesystemType, sight.Options) is string option)
        {
            return Refuse($"The lockspace directory {directory} (file_lockspace_dir in /etc/libvirt/qemu-lockd.conf) lies on "
                + $"{sight.FilesystemType} with {option}, by which its locks hold on this node only. "
                + "Mount it on every node without that");
        }

        if (sight.IsMarked)
            return OperationResult.Done;
        return Filesystems.KindOf(sight.FilesystemType) switch
        {
            FilesystemKind.Shared => OperationResult.Done,
            FilesystemKind.Local => Refuse($"The lockspace directory {directory} (file_lockspace_dir in /etc/libvirt/qemu-lockd.conf) "
                + $"lies on {sight.FilesystemType}, which only this node mounts, so its locks would protect nothing: the shared volume "
                + "is not mounted. "
                + "Mount it, which the cluster's lock storage clone does. If this directory is one on all nodes nevertheless, 'haagent "
                + "setup --existing-mount' proves and marks it"),
            FilesystemKind.Unknown => OperationResult.DoneWith($"The lockspace directory {directory} lies on {sight.FilesystemType}, "
                + "which is not known to be shared between nodes; make sure that it is. 'haagent verify --only lock' proves it"),
        };
    }

    private static OperationResult Refuse(string message) => OperationResult.Failed(message, code: ExitCode.Installed);
}
