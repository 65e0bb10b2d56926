using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>Guide 18.4, steps 2 to 4: libvirt's lock manager and the directory of its lease files, on every node.</summary>
public static class LockSettings
{
    /// <summary>Sets what is not set.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        return Plan.All(snapshot.Reached.Select(node => PlanFor(intent, node)));
    }

    /// <summary>What the settings are called where they could not be learned.</summary>
    internal const string What = "what libvirt's lock settings are";

    /// <summary>What the guests are called where they could not be seen.</summary>
    internal const string WhetherGuestsRun = "whether guests run";

    /// <summary>What has to be written on a node that has libvirt.</summary>
    internal static Fact<IReadOnlyList<Change.WriteFile>> Missing(SetupIntent intent, NodeFacts node) =>
        Missing(node, LibvirtPaths.Qemu, "lock_manager", "lockd")
            .Then(qemu =>
                Missing(node, LibvirtPaths.QemuLockd, "file_lockspace_dir", intent.LockDirectory)
                    .Map<IReadOnlyList<Change.WriteFile>>(lockd => [.. qemu, .. lockd])
            );

    private static Plan PlanFor(SetupIntent intent, NodeFacts node) =>
        Plan.From(
            LibvirtFlavour.Of(node),
            LibvirtFlavour.What,
            node.Name,
            _ =>
                Plan.From(
                    Missing(intent, node),
                    What,
                    node.Name,
                    missing =>
                        missing.Count == 0
                            ? LeasesOff(node)
                            : Plan.From(
                                node.Guests,
                                WhetherGuestsRun,
                                node.Name,
                                guests =>
                                    guests.Count > 0
                                        ? Endangered(
                                            node,
                                            guests.Keys,
                                            $"{string.Join(" and ", missing.Select(m => m.Path))} must change on {node.Name}"
                                        )
                                    : LeasesOff(node) is { Refusals.Count: > 0 } refused ? refused
                                    : new Plan { Changes = missing }
                            )
                ),
            () => Plan.Note($"libvirt is not installed on {node.Name} yet: its settings and services are planned once it is")
        );

    /// <summary>The refusal to touch libvirt while guests run that would stay without the new locks.</summary>
    internal static Plan Endangered(NodeFacts node, IEnumerable<string> guests, string why) =>
        Plan.Refuse(
            $"{why}, and that needs libvirt restarted while {string.Join(", ", guests)} run{(guests.Count() == 1 ? "s" : "")} there "
                + "without the new locks: another node could then start the same guest",
            $"shut the guests on {node.Name} down (virsh shutdown NAME) or move them to another node, then run this again"
        );

    private static Fact<IReadOnlyList<Change.WriteFile>> Missing(NodeFacts node, string path, string key, string value)
    {
        return node.File(path)
            .Match(
                file => Fact.Known(Written(file.Text)),
                () => Fact.Known(Written(null)),
                why => Fact.NotLearned<IReadOnlyList<Change.WriteFile>>($"{path}: {why}")
            );

        IReadOnlyList<Change.WriteFile> Written(string? before) =>
            LibvirtConf.GetString(before ?? "", key) == value
                ? []
                :
                [
                    new Change.WriteFile(
                        node.Name,
                        $"set {key} = \"{value}\" in {path} on {node.Name}",
                        path,
                        before,
                        LibvirtConf.SetString(before ?? "", key, value),
                        KeepBackup: true
                    ),
                ];
    }

    // With automatic leases switched off libvirt locks nothing that the guest's XML does not name, whatever the other settings say.
    private static Plan LeasesOff(NodeFacts node) =>
        Plan.From(
            node.File(LibvirtPaths.QemuLockd),
            What,
            node.Name,
            file =>
                LibvirtConf.GetInteger(file.Text, "auto_disk_leases") == 0
                    ? Plan.Refuse(
                        $"auto_disk_leases = 0 in {LibvirtPaths.QemuLockd} on {node.Name} switches the locking of disks off",
                        $"take that line out on every node, then run this again"
                    )
                    : new Plan()
        );
}

/// <summary>
/// The directory of the lease files, on the volume. It is made before libvirt is told of it: libvirt would make it where it is told to, and
/// without the volume that is a shadow directory under the mount point.
/// </summary>
public static class LockDirectory
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Makes the directory unless the nodes with the volume see it there.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        Plan unknown = Plan.All(
            snapshot.Reached.Select(node =>
                Plan.From(IsThere(node, intent), $"whether {intent.LockDirectory} is there", node.Name, _ => new Plan())
            )
        );
        if (unknown.Refusals.Count > 0)
            return unknown;
        bool[] there =
        [
            .. snapshot
                .Reached.Select(node => IsThere(node, intent))
                .Where(fact => fact.State == FactState.Known)
                .Select(fact => fact.Value),
        ];
        if (there.Length > 0 && there.All(yes => yes))
            return new Plan();

        string node = snapshot.Status.TakesResources(snapshot.Self)
            ? snapshot.Self
            : snapshot.Nodes.Select(n => n.Name).FirstOrDefault(snapshot.Status.TakesResources) ?? snapshot.Self;
        return Plan.Of(
            new Change.OnNode(
                node,
                $"make the lock directory {intent.LockDirectory} on the volume",
                new MakeDirectory(intent.LockDirectory, intent.Mount),
                Limit
            )
            {
                Leaves = [intent.LockDirectory],
            }
        );
    }

    // Absent where the volume is not mounted.
    private static Fact<bool> IsThere(NodeFacts node, SetupIntent intent) =>
        node.MountAt(intent.Mount)
            .Then(_ => node.Directory(intent.LockDirectory).Map(directory => directory.MountPoint == intent.Mount).OrWhenAbsent(false));
}
