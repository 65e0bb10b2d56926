using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup.Steps;

namespace HaAgent.Cluster.Setup;

/// <summary>Finds what is missing between a cluster as it was seen and one that can run guests under lock. An empty plan means: set
/// up.</summary>
public static class SetupPlanner
{
    /// <summary>
    /// The steps in the order in which their changes are made. Storage comes before libvirt's settings, so that a half-made setup refuses
    /// to start a guest rather than start it unprotected.
    /// </summary>
    private static readonly Func<SetupIntent, Snapshot, Plan>[] Steps =
    [
        ClusterReady.PlanFor,
        Packages.PlanFor,
        SharedDevice.PlanFor,
        SharedMount.PlanFor,
        LockResources.PlanFor,
        VolumeEverywhere.PlanFor,
        LockDirectory.PlanFor,
        LockSettings.PlanFor,
        PacemakerOrdering.PlanFor,
        Daemons.PlanFor,
    ];

    /// <summary>The plan; without I/O.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        // Nothing can be said of a cluster that is not whole: the later steps need every node's facts.
        Plan ready = ClusterReady.PlanFor(intent, snapshot);
        if (ready.Refusals.Count > 0)
            return ready;
        return WithoutRepetition(
            SharedDevice.WaitsForTool(intent, snapshot, out Plan notes)
                ? Packages.PlanFor(intent, snapshot) + notes
                : Plan.All(Steps.Select(step => step(intent, snapshot)))
        );
    }

    // What could not be learned may be missed by several steps.
    private static Plan WithoutRepetition(Plan plan) => plan with { Refusals = [.. plan.Refusals.Distinct()] };
}

/// <summary>What the admin wants of <c>haagent setup</c>.</summary>
/// <param name="Storage">Where lock files and XML lie.</param>
/// <param name="Mount">Where the cluster mounts it on every node.</param>
/// <param name="Names">The names of the resources.</param>
public sealed record SetupIntent(Storage Storage, string Mount, LockNames Names)
{
    /// <summary>Where the guide mounts it.</summary>
    public const string DefaultMount = "/mnt/shared";

    /// <summary>Whether missing packages are installed.</summary>
    public bool InstallPackages { get; init; } = true;

    /// <summary>Where virtlockd keeps its lease files.</summary>
    public string LockDirectory => Mount.TrimEnd('/') + "/lockd";
}

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

/// <summary>The names of the cluster resources that carry the lock files; those of the guide unless the admin chose others.</summary>
/// <param name="Dlm">The distributed lock manager.</param>
/// <param name="Filesystem">The mount of the shared volume.</param>
/// <param name="Group">Both, in order.</param>
/// <param name="GroupClone">The group on every node.</param>
public sealed record LockNames(string Dlm, string Filesystem, string Group, string GroupClone)
{
    /// <summary>The guide's names; the filesystem's resource is called after what it is.</summary>
    public static LockNames Default(Storage storage) =>
        new(
            "dlm",
            storage switch
            {
                Storage.Device { Type: VolumeType.Ocfs2 } => "ocfs2",
                Storage.Device { Type: VolumeType.Gfs2 } => "gfs2",
                Storage.ExistingMount => "shared",
                _ => throw new ArgumentOutOfRangeException(nameof(storage)),
            },
            "g-virt-lock",
            "cl-virt-lock"
        );
}

/// <summary>The lock storage as it stands in the cluster's configuration.</summary>
/// <param name="GroupClone">The clone.</param>
/// <param name="Members">What it runs on each node, in starting order.</param>
/// <param name="Filesystem">The mount among them.</param>
public sealed record LockStorage(Clone GroupClone, IReadOnlyList<Primitive> Members, Primitive Filesystem)
{
    /// <summary>Where the volume is mounted.</summary>
    public string Mount => (Filesystem.Parameter("directory") ?? "").TrimEnd('/');

    /// <summary>Where virtlockd keeps its lease files.</summary>
    public string LockDirectory => Mount + "/lockd";

    /// <summary>Whether it needs the distributed lock manager.</summary>
    public bool UsesDlm => Members.Any(member => member.Agent == AgentName.Controld);

    /// <summary>Finds it by the name of its clone; null when there is no such clone, or nothing in it mounts a volume.</summary>
    public static LockStorage? Find(Cib cib, string clone)
    {
        ArgumentNullException.ThrowIfNull(cib);
        if (cib.Clone(clone) is not { } found)
            return null;
        Primitive[] members = [.. (cib.Group(found.Child)?.Members ?? [found.Child]).Select(cib.Primitive).OfType<Primitive>()];
        Primitive? filesystem = members.FirstOrDefault(member =>
            member.Agent == AgentName.Filesystem && !string.IsNullOrEmpty(member.Parameter("directory"))
        );
        return filesystem is null ? null : new LockStorage(found, members, filesystem);
    }
}
