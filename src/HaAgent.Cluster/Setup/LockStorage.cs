using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Setup;

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
        Primitive? filesystem = members.FirstOrDefault(member => member.Agent == AgentName.Filesystem && !string.IsNullOrEmpty(member.Parameter("directory")));
        return filesystem is null ? null : new LockStorage(found, members, filesystem);
    }
}
