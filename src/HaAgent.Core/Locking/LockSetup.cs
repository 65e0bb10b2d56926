namespace HaAgent.Core.Locking;

/// <summary>How a node's libvirt is configured to lock disks (/etc/libvirt/qemu.conf and qemu-lockd.conf).</summary>
/// <param name="LockManager">lock_manager of qemu.conf; null: none.</param>
/// <param name="FileLockspaceDir">file_lockspace_dir: where lease files lie; null: disks are locked directly.</param>
/// <param name="AutoDiskLeases">auto_disk_leases: a lease is taken for each writable disk.</param>
/// <param name="HasOtherLockspaces">lvm_lockspace_dir or scsi_lockspace_dir is set: block devices may be locked there instead.</param>
public sealed record LockSetup(string? LockManager, string? FileLockspaceDir, bool AutoDiskLeases, bool HasOtherLockspaces)
{
    /// <summary>No lock manager.</summary>
    public static LockSetup None { get; } = new(null, null, true, false);

    /// <summary>Disks are locked by virtlockd.</summary>
    public bool IsLockd => LockManager == "lockd";

    /// <summary>Reads the two files' texts, one char per byte as <see cref="LibvirtConf"/> takes them; null for one that is not there.</summary>
    public static LockSetup Parse(string? qemuConf, string? qemuLockdConf)
    {
        string? manager = qemuConf is null ? null : LibvirtConf.GetString(qemuConf, "lock_manager");
        string conf = qemuLockdConf ?? "";
        return new LockSetup(
            manager is "" or "nop" ? null : manager,
            NonEmpty(LibvirtConf.GetString(conf, "file_lockspace_dir"))?.TrimEnd('/'),
            LibvirtConf.GetInteger(conf, "auto_disk_leases") != 0,
            NonEmpty(LibvirtConf.GetString(conf, "lvm_lockspace_dir")) is not null || NonEmpty(LibvirtConf.GetString(conf, "scsi_lockspace_dir")) is not null);
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
