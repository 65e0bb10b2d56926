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
        Plan unknown = Planning.Plan.All(snapshot.Reached.Select(node => Planning.Plan.From(IsThere(node, intent), $"whether {intent.LockDirectory} is there", node.Name, _ => new Plan())));
        if (unknown.Refusals.Count > 0)
            return unknown;
        bool[] there = [.. snapshot.Reached.Select(node => IsThere(node, intent)).Where(fact => fact.State == FactState.Known).Select(fact => fact.Value)];
        if (there.Length > 0 && there.All(yes => yes))
            return new Plan();

        string node = snapshot.Status.TakesResources(snapshot.Self) ? snapshot.Self
            : snapshot.Nodes.Select(n => n.Name).FirstOrDefault(snapshot.Status.TakesResources) ?? snapshot.Self;
        return Planning.Plan.Of(new Change.OnNode(node, $"make the lock directory {intent.LockDirectory} on the volume", new MakeDirectory(intent.LockDirectory, intent.Mount), Limit)
        {
            Leaves = [intent.LockDirectory],
        });
    }

    // Absent where the volume is not mounted.
    private static Fact<bool> IsThere(NodeFacts node, SetupIntent intent) => node.MountAt(intent.Mount)
        .Then(_ => node.Directory(intent.LockDirectory).Map(directory => directory.MountPoint == intent.Mount).OrWhenAbsent(false));
}
