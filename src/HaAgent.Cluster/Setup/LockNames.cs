namespace HaAgent.Cluster.Setup;

/// <summary>The names of the cluster resources that carry the lock files; those of the guide unless the admin chose others.</summary>
/// <param name="Dlm">The distributed lock manager.</param>
/// <param name="Filesystem">The mount of the shared volume.</param>
/// <param name="Group">Both, in order.</param>
/// <param name="GroupClone">The group on every node.</param>
public sealed record LockNames(string Dlm, string Filesystem, string Group, string GroupClone)
{
    /// <summary>The guide's names; the filesystem's resource is called after what it is.</summary>
    public static LockNames Default(Storage storage) => new("dlm", storage switch
    {
        Storage.Device { Type: VolumeType.Ocfs2 } => "ocfs2",
        Storage.Device { Type: VolumeType.Gfs2 } => "gfs2",
        Storage.ExistingMount => "shared",
        _ => throw new ArgumentOutOfRangeException(nameof(storage)),
    }, "g-virt-lock", "cl-virt-lock");
}
