using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>With --existing-mount: proves that the mount is one filesystem on all nodes, by a marked directory that every node must
/// see.</summary>
public static class SharedMount
{
    /// <summary>The file that marks the directory; its content is random, so two local directories never look like one shared
    /// one.</summary>
    public const string MarkFile = Core.Locking.Filesystems.SharedMark;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Makes the marked directory, or compares what the nodes see of it.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        if (intent.Storage is not Storage.ExistingMount storage)
            return new Plan();
        Refusal[] refusals = [.. snapshot.Reached.Select(node => Unusable(storage, node)).OfType<Refusal>()];
        if (refusals.Length > 0)
            return new Plan { Refusals = refusals };

        string?[] marks = [.. snapshot.Reached.Select(node => Mark(storage, node).Value)];
        if (marks.All(mark => mark is null))
            return Make(storage, snapshot);
        if (marks.Distinct().Count() == 1)
            return new Plan();
        string seen = string.Join(
            "; ",
            snapshot.Reached.Select(node =>
                $"{node.Name} sees {(Mark(storage, node).IsKnown(out string? mark) ? $"mark {mark}" : "no mark")}"
            )
        );
        return Plan.Refuse(
            $"{storage.Path} is not the same filesystem on every node ({seen} in {storage.Inside}/{MarkFile})",
            $"mount the same shared filesystem at {storage.Path} on every node; a local directory of that name must be empty"
        );
    }

    private static Fact<string> Mark(Storage.ExistingMount storage, NodeFacts node) =>
        node.Directory(storage.Inside).Then(directory => directory.Mark);

    private static Refusal? Unusable(Storage.ExistingMount storage, NodeFacts node) =>
        node.Directory(storage.Path)
            .Match(
                directory =>
                    Unusable(storage, node, directory)
                    ?? (
                        Mark(storage, node).IsNotLearned(out string? why)
                            ? Refusal.NotLearned($"what mark {storage.Inside} bears", node.Name, why)
                            : null
                    ),
                () =>
                    new Refusal(
                        $"{node.Name} has no directory {storage.Path}",
                        $"mount the shared filesystem there on {node.Name}, at boot too (/etc/fstab)"
                    ),
                why => Refusal.NotLearned($"whether {storage.Path} is there", node.Name, why)
            );

    private static Refusal? Unusable(Storage.ExistingMount storage, NodeFacts node, DirectoryFact directory)
    {
        if (directory.MountPoint is "/" or "")
        {
            return new Refusal(
                $"{storage.Path} on {node.Name} lies on the node's own root filesystem: nothing is mounted there",
                $"mount the shared filesystem there on {node.Name}, at boot too (/etc/fstab)"
            );
        }

        Fact<Mount> mounted = node.MountAt(directory.MountPoint);
        if (mounted.IsNotLearned(out string? why))
            return Refusal.NotLearned($"how {directory.MountPoint} is mounted", node.Name, why);
        return mounted is { Value: { LocksAreLocal: true } mount }
            ? new Refusal(
                $"{mount.Point} on {node.Name} is mounted with locks that count on this node only ({mount.Options}): two nodes could "
                    + "start the same guest",
                $"mount it on {node.Name} without nolock and local_lock"
            )
            : null;
    }

    private static Plan Make(Storage.ExistingMount storage, Snapshot snapshot)
    {
        var changes = new List<Change>
        {
            new Change.OnNode(
                snapshot.Self,
                $"make the directory {storage.Inside} on {snapshot.Self}",
                new MarkDirectory(storage.Inside, MarkFile),
                Limit
            )
            {
                Leaves = [$"{storage.Inside}/{MarkFile}"],
            },
        };
        changes.AddRange(
            snapshot
                .Reached.Where(node => node.Name != snapshot.Self)
                .Select(node => new Change.OnNode(
                    node.Name,
                    $"see the same directory on {node.Name}",
                    new SeeMark(storage.Inside, MarkFile),
                    Limit
                ))
        );

        string[] unknown =
        [
            .. snapshot
                .Reached.Select(n => n.Directory(storage.Path).Then(directory => n.MountAt(directory.MountPoint)).Value)
                .OfType<Mount>()
                .Where(m => !m.IsKnownShared)
                .Select(m => m.Type)
                .Distinct(),
        ];
        return new Plan
        {
            Changes = changes,
            Notes =
                unknown.Length == 0
                    ? []
                    :
                    [
                        $"{storage.Path} is {string.Join(", ", unknown)}, which is not known to carry locks between nodes: 'haagent "
                            + "verify --only lock' proves it",
                    ],
        };
    }
}

/// <summary>Guide 18.3, step 9: the clone must run on all nodes.</summary>
public static class VolumeEverywhere
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Waits for the nodes on which the volume is not up.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        string[] wanted = [.. snapshot.Nodes.Select(n => n.Name).Where(snapshot.Status.TakesResources)];
        string[] resting = [.. snapshot.Nodes.Select(n => n.Name).Except(wanted)];
        Plan notes = Plan.All(
            resting.Select(node =>
                Plan.Note($"{node} takes no resources now (standby or maintenance), so the volume is not mounted there yet")
            )
        );
        string resource = intent.Names.Filesystem;
        return wanted.Except(snapshot.Status.Where(resource)).Any()
            ? notes
                + Plan.Of(
                    new Change.Await(
                        $"wait until {intent.Names.GroupClone} runs on {string.Join(", ", wanted)}",
                        resource,
                        new Goal.OnAll(wanted),
                        Limit
                    )
                )
            : notes;
    }
}
