using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;

namespace HaAgent.Core.Locking;

/// <summary>Whether a guest that is started here would be protected.</summary>
public static class LockGuard
{
    /// <summary>The verdict before a start. What could not be read is no reason to refuse, unless the admin wants a lock in any case: the
    /// lock may well be there, and libvirt, which reads the same files, decides.</summary>
    /// <param name="requireLock">auto, true or false.</param>
    /// <param name="setup">How the node is configured.</param>
    /// <param name="look">Looks at the lockspace directory; called only when there is one.</param>
    public static OperationResult Judge(string requireLock, Fact<LockSetup> setup, Func<string, LockspaceFacts> look)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return setup.Match(
            known => Judge(requireLock, known, look),
            () => Judge(requireLock, LockSetup.None, look),
            why =>
                requireLock switch
                {
                    "false" => OperationResult.Done,
                    "true" => Refuse(
                        $"require_lock is true, but how libvirt on this node locks disks could not be learned: {why}. Make that "
                            + "file readable"
                    ),
                    _ => OperationResult.DoneWith(
                        $"How libvirt on this node locks disks could not be learned: {why}. Whether the guest is protected is not "
                            + "known; make that file readable"
                    ),
                }
        );
    }

    /// <summary>The verdict before a start.</summary>
    /// <param name="requireLock">auto, true or false.</param>
    /// <param name="setup">How the node is configured.</param>
    /// <param name="look">Looks at the lockspace directory; called only when there is one.</param>
    public static OperationResult Judge(string requireLock, LockSetup setup, Func<string, LockspaceFacts> look)
    {
        if (requireLock == "false")
            return OperationResult.Done;
        if (setup.LockManager is null)
        {
            return requireLock == "true"
                ? Refuse(
                    "require_lock is true, but libvirt on this node has no lock manager. Set lock_manager = \"lockd\" in "
                        + "/etc/libvirt/qemu.conf and restart the libvirt daemon"
                )
                : OperationResult.Done;
        }

        if (setup is { IsLockd: true, AutoDiskLeases: false })
        {
            const string off =
                "auto_disk_leases = 0 in /etc/libvirt/qemu-lockd.conf: libvirt on this node takes no lease for a disk. Remove that line "
                + "and restart the libvirt daemon";
            return requireLock == "true"
                ? Refuse($"require_lock is true, but {off}")
                : OperationResult.DoneWith($"lockd protects nothing by {off}");
        }

        if (!setup.IsLockd || setup.FileLockspaceDir is not string directory)
            return OperationResult.Done;
        LockspaceFacts lockspace = look(directory);
        if (!lockspace.Exists)
            return Refuse(
                $"The lockspace directory {directory} (file_lockspace_dir in /etc/libvirt/qemu-lockd.conf) {lockspace.Problem}. Mount the "
                    + "shared volume, create the directory on it, and restart the libvirt daemon"
            );
        if (lockspace.OnRootFilesystem)
        {
            return Refuse(
                $"The lockspace directory {directory} (file_lockspace_dir in /etc/libvirt/qemu-lockd.conf) lies on this node's root "
                    + "filesystem, so its locks would protect nothing: the shared volume is not mounted. "
                    + "Mount it, which the cluster's lock storage clone does"
            );
        }

        if (Filesystems.LocalLocks(lockspace.FilesystemType, lockspace.Options) is string option)
        {
            return Refuse(
                $"The lockspace directory {directory} (file_lockspace_dir in /etc/libvirt/qemu-lockd.conf) lies on "
                    + $"{lockspace.FilesystemType} with {option}, by which its locks hold on this node only. "
                    + "Mount it on every node without that"
            );
        }

        if (lockspace.IsMarked)
            return OperationResult.Done;
        return Filesystems.KindOf(lockspace.FilesystemType) switch
        {
            FilesystemKind.Shared => OperationResult.Done,
            FilesystemKind.Local => Refuse(
                $"The lockspace directory {directory} (file_lockspace_dir in /etc/libvirt/qemu-lockd.conf) "
                    + $"lies on {lockspace.FilesystemType}, which only this node mounts, so its locks would protect nothing: the shared "
                    + "volume is not mounted. "
                    + "Mount it, which the cluster's lock storage clone does. If this directory is one on all nodes nevertheless, 'haagent "
                    + "setup --existing-mount' proves and marks it"
            ),
            FilesystemKind.Unknown => OperationResult.DoneWith(
                $"The lockspace directory {directory} lies on {lockspace.FilesystemType}, "
                    + "which is not known to be shared between nodes; make sure that it is. 'haagent verify --only lock' proves it"
            ),
        };
    }

    private static OperationResult Refuse(string message) => OperationResult.Failed(message, code: ExitCode.Installed);
}

/// <summary>How a node's libvirt is configured to lock disks (/etc/libvirt/qemu.conf and qemu-lockd.conf).</summary>
/// <param name="LockManager">lock_manager of qemu.conf; null: none.</param>
/// <param name="FileLockspaceDir">file_lockspace_dir: where lease files lie; null: disks are locked directly.</param>
/// <param name="AutoDiskLeases">auto_disk_leases: a lease is taken for each writable disk.</param>
/// <param name="HasOtherLockspaces">lvm_lockspace_dir or scsi_lockspace_dir is set: block devices may be locked there instead.</param>
public sealed record LockSetup(string? LockManager, string? FileLockspaceDir, bool AutoDiskLeases, bool HasOtherLockspaces)
{
    /// <summary>No lock manager.</summary>
    public static LockSetup None { get; } = new(null, null, AutoDiskLeases: true, HasOtherLockspaces: false);

    /// <summary>Disks are locked by virtlockd.</summary>
    public bool IsLockd => LockManager == "lockd";

    /// <summary>Reads the two files' texts, one char per byte as <see cref="LibvirtConf"/> takes them; null for one that is not
    /// there.</summary>
    public static LockSetup Parse(string? qemuConf, string? qemuLockdConf)
    {
        string? manager = qemuConf is null ? null : LibvirtConf.GetString(qemuConf, "lock_manager");
        string conf = qemuLockdConf ?? "";
        return new LockSetup(
            manager is "" or "nop" ? null : manager,
            NonEmpty(LibvirtConf.GetString(conf, "file_lockspace_dir"))?.TrimEnd('/'),
            LibvirtConf.GetInteger(conf, "auto_disk_leases") != 0,
            NonEmpty(LibvirtConf.GetString(conf, "lvm_lockspace_dir")) is not null
                || NonEmpty(LibvirtConf.GetString(conf, "scsi_lockspace_dir")) is not null
        );
    }

    /// <summary>The same of what was learned of the two files: one that is not there sets nothing, one that cannot be read is not known to
    /// set nothing. Without a lock manager the second does not matter.</summary>
    public static Fact<LockSetup> Learn(Fact<string> qemuConf, Func<Fact<string>> qemuLockdConf)
    {
        ArgumentNullException.ThrowIfNull(qemuConf);
        ArgumentNullException.ThrowIfNull(qemuLockdConf);
        return qemuConf
            .OrWhenAbsent("")
            .Then(qemu =>
                Parse(qemu, null) is { LockManager: null } none
                    ? Fact.Known(none)
                    : qemuLockdConf().OrWhenAbsent("").Map(lockd => Parse(qemu, lockd))
            );
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>What is seen at the path of the lockspace directory.</summary>
/// <param name="Exists">It is a directory that can be read.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
/// <param name="OnRootFilesystem">It lies on the same mount as /: the shared volume is not mounted there.</param>
/// <param name="FilesystemType">The type, as in /proc/self/mountinfo.</param>
public readonly record struct LockspaceFacts(bool Exists, string? Problem, bool OnRootFilesystem, string FilesystemType)
{
    /// <summary>The filesystem's options, as in /proc/self/mountinfo.</summary>
    public string Options { get; init; } = "";

    /// <summary>The file <see cref="Filesystems.SharedMark"/> lies beside it, or in it, on the same mount.</summary>
    public bool IsMarked { get; init; }

    /// <summary>Every node is known to see this directory. What nothing is known of does not count.</summary>
    public bool IsKnownShared => Exists && !OnRootFilesystem && (IsMarked || Filesystems.KindOf(FilesystemType) == FilesystemKind.Shared);
}

/// <summary>How another node's libvirt locks, read by its shell, which may be that of a user who may not read everything.</summary>
public static class PeerLocking
{
    private const string Mark = "# haagent: the end of qemu.conf";

    /// <summary>What is said to the shell: always the same words.</summary>
    public const string Command = $"cat /etc/libvirt/qemu.conf && echo '{Mark}' && cat /etc/libvirt/qemu-lockd.conf";

    /// <summary>What follows from its answer.</summary>
    /// <param name="output">What it printed, one char per byte.</param>
    /// <param name="isWhole">Everything succeeded, and nothing of it is missing.</param>
    /// <returns>
    /// Known; a lock manager without its lockspace is not, but no lock manager is known as soon as qemu.conf was read. Else not learned,
    /// and why.
    /// </returns>
    public static Fact<LockSetup> Read(string output, bool isWhole)
    {
        ArgumentNullException.ThrowIfNull(output);
        int mark = output.IndexOf(Mark + "\n", StringComparison.Ordinal);
        if (mark < 0)
            return Fact.NotLearned<LockSetup>("its /etc/libvirt/qemu.conf could not be read");
        LockSetup setup = LockSetup.Parse(output[..mark], output[(mark + Mark.Length + 1)..]);
        return isWhole || setup.LockManager is null
            ? Fact.Known(setup)
            : Fact.NotLearned<LockSetup>("its /etc/libvirt/qemu-lockd.conf could not be read");
    }
}
