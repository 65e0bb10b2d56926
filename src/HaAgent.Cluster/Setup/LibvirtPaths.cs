namespace HaAgent.Cluster.Setup;

/// <summary>The files that setup writes on each node.</summary>
public static class LibvirtPaths
{
    /// <summary>libvirt's QEMU driver.</summary>
    public const string Qemu = "/etc/libvirt/qemu.conf";

    /// <summary>Its lock manager plug-in.</summary>
    public const string QemuLockd = "/etc/libvirt/qemu-lockd.conf";

    /// <summary>Orders Pacemaker behind the daemons its guests need.</summary>
    public const string DropIn = Core.Locking.ShutdownOrdering.OfSetup;

    /// <summary>What is appended to a file's name for the copy of what it was before haagent.</summary>
    public const string BackupSuffix = ".before-haagent";
}
