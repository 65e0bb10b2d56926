using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>The directory of the lease files lies on the shared volume, not in its shadow under the mount point.</summary>
internal static class Lockspace
{
    private const string Name = "lockspace";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        if (scope.Storage is not { } storage)
            yield break;
        bool good = true;
        foreach (NodeFacts node in scope.Snapshot.Reached.Where(n => scope.Snapshot.Status.TakesResources(n.Name)))
        {
            Finding? problem = Finding.Unless(Name, "what is mounted", node, node.Mounts)
                ?? Finding.Unless(Name, $"whether {storage.LockDirectory} is there", node, node.Directory(storage.LockDirectory));
            MountFact? mount = node.MountAt(storage.Mount).Value;
            DirectoryFact? directory = node.Directory(storage.LockDirectory).Value;
            problem ??= (mount, directory) switch
            {
                (null, not null) => new Finding(Name, Severity.Error, $"nothing is mounted at {storage.Mount} on {node.Name}, and {storage.LockDirectory} there is a local shadow: locks in it count on that node only", $"crm resource cleanup {storage.GroupClone.Id}"),
                (null, _) => new Finding(Name, Severity.Error, $"nothing is mounted at {storage.Mount} on {node.Name}", $"crm resource cleanup {storage.GroupClone.Id}"),
                (_, null) => new Finding(Name, Severity.Error, $"{storage.LockDirectory} is missing on {node.Name}", Mending.Setup(scope)),
                ({ LocksAreLocal: true }, _) => new Finding(Name, Severity.Error, $"{storage.Mount} on {node.Name} is mounted with locks that count on that node only ({mount.Options})", "mount it without nolock and local_lock"),
                _ when directory.MountPoint != storage.Mount => new Finding(Name, Severity.Error, $"{storage.LockDirectory} on {node.Name} lies on {directory.MountPoint}, not on the volume", Mending.Setup(scope)),
                _ => null,
            };
            if (problem is null)
                continue;
            good = false;
            yield return problem;
        }

        if (good)
            yield return new Finding(Name, Severity.Ok, $"{storage.LockDirectory} lies on the volume on every node", null);
    }
}
