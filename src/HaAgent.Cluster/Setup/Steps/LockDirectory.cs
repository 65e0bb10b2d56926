using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>
/// The directory of the lease files, on the volume. It is made before libvirt is told of it: libvirt would make it where it is told to, and
/// without the volume that is a shadow directory under the mount point.
/// </summary>
public static class LockDirectory
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Makes the directory unless the nodes with the volume see it there.</summary>
    public static Plan Plan(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        string[] mounted = [.. snapshot.Reached.Where(n => n.MountAt(intent.Mount) is not null).Select(n => n.Name)];
        if (mounted.Length > 0 && mounted.All(name => IsThere(snapshot.Node(name), intent)))
            return new Plan();

        string node = snapshot.Status.TakesResources(snapshot.Self) ? snapshot.Self
            : snapshot.Nodes.Select(n => n.Name).FirstOrDefault(snapshot.Status.TakesResources) ?? snapshot.Self;
        return Planning.Plan.Of(new Change.OnNode(node, $"make the lock directory {intent.LockDirectory} on the volume", new MakeDirectory(intent.LockDirectory, intent.Mount), Limit)
        {
            Leaves = [intent.LockDirectory],
        });
    }

    private static bool IsThere(NodeFacts node, SetupIntent intent) =>
        node.Directories[intent.LockDirectory] is { Exists: true } directory && directory.MountPoint == intent.Mount;
}
