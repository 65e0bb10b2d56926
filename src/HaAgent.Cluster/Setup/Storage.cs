namespace HaAgent.Cluster.Setup;

/// <summary>The cluster filesystems that setup can make.</summary>
public enum VolumeType
{
    /// <summary>OCFS2, as in the guide.</summary>
    Ocfs2,

    /// <summary>GFS2, its successor on newer distributions.</summary>
    Gfs2,
}

/// <summary>What the lock files and the guests' XML lie on.</summary>
public abstract record Storage
{
    private Storage() { }

    /// <summary>A shared block device that gets a cluster filesystem, under DLM.</summary>
    /// <param name="Path">The device, by a name that is the same on every node.</param>
    /// <param name="Type">The filesystem.</param>
    /// <param name="ForceFormat">Whether the admin said that what lies on the device may be destroyed.</param>
    public sealed record Device(string Path, VolumeType Type, bool ForceFormat) : Storage;

    /// <summary>A filesystem that the admin already shares between the nodes and mounts on each of them.</summary>
    /// <param name="Path">Where it is mounted, on every node.</param>
    public sealed record ExistingMount(string Path) : Storage
    {
        /// <summary>
        /// What the cluster binds to the mount point: a directory inside, not the mount itself. When the admin's mount is missing on a
        /// node, this directory is missing too, and the cluster does not take an empty local directory for the shared one.
        /// </summary>
        public string Inside => Path.TrimEnd('/') + Directory;

        internal const string Directory = "/haagent";
    }
}
