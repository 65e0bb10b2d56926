using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>With --existing-mount: proves that the mount is one filesystem on all nodes, by a marked directory that every node must see.</summary>
public static class SharedMount
{
    /// <summary>The file that marks the directory; its content is random, so two local directories never look like one shared one.</summary>
    public const string MarkFile = ".haagent";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Makes the marked directory, or compares what the nodes see of it.</summary>
    public static Plan Plan(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        if (intent.Storage is not Storage.ExistingMount storage)
            return new Plan();
        Refusal[] refusals = [.. snapshot.Reached.Select(node => Unusable(storage, node)).OfType<Refusal>()];
        if (refusals.Length > 0)
            return new Plan { Refusals = refusals };

        string?[] marks = [.. snapshot.Reached.Select(node => node.Directories[storage.Inside].Mark)];
        if (marks.All(mark => mark is null))
            return Make(storage, snapshot);
        if (marks.Distinct().Count() == 1)
            return new Plan();
        string seen = string.Join("; ", snapshot.Reached.Select(node =>
            $"{node.Name} sees {(node.Directories[storage.Inside].Mark is { } mark ? $"mark {mark}" : "no mark")}"));
        return Planning.Plan.Refuse($"{storage.Path} is not the same filesystem on every node ({seen} in {storage.Inside}/{MarkFile})",
            $"mount the same shared filesystem at {storage.Path} on every node; a local directory of that name must be empty");
    }

    private static Refusal? Unusable(Storage.ExistingMount storage, NodeFacts node)
    {
        DirectoryFact directory = node.Directories[storage.Path];
        if (!directory.Exists)
            return new Refusal($"{node.Name} has no directory {storage.Path}", $"mount the shared filesystem there on {node.Name}, at boot too (/etc/fstab)");
        if (directory.MountPoint is "/" or "")
        {
            return new Refusal($"{storage.Path} on {node.Name} lies on the node's own root filesystem: nothing is mounted there",
                $"mount the shared filesystem there on {node.Name}, at boot too (/etc/fstab)");
        }

        return node.MountAt(directory.MountPoint) is { LocksAreLocal: true } mount
            ? new Refusal($"{mount.Point} on {node.Name} is mounted with locks that count on this node only ({mount.Options}): two nodes could start the same guest",
                $"mount it on {node.Name} without nolock and local_lock")
            : null;
    }

    private static Plan Make(Storage.ExistingMount storage, Snapshot snapshot)
    {
        var changes = new List<Change>
        {
            new Change.OnNode(snapshot.Self, $"make the directory {storage.Inside} on {snapshot.Self}", new MarkDirectory(storage.Inside, MarkFile), Limit) { Leaves = [$"{storage.Inside}/{MarkFile}"] },
        };
        changes.AddRange(snapshot.Reached.Where(node => node.Name != snapshot.Self).Select(node =>
            new Change.OnNode(node.Name, $"see the same directory on {node.Name}", new SeeMark(storage.Inside, MarkFile), Limit)));

        string[] unknown = [.. snapshot.Reached.Select(n => n.MountAt(n.Directories[storage.Path].MountPoint)).OfType<MountFact>()
            .Where(m => !m.IsKnownShared).Select(m => m.Type).Distinct()];
        return new Plan
        {
            Changes = changes,
            Notes = unknown.Length == 0 ? [] :
                [$"{storage.Path} is {string.Join(", ", unknown)}, which is not known to carry locks between nodes: 'haagent verify --only lock' proves it"],
        };
    }
}
