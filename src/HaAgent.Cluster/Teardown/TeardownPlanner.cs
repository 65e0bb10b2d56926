using HaAgent.Cluster.Adopt;
using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Rules;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Remove;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Setup.Steps;
using HaAgent.Core.Locking;

namespace HaAgent.Cluster.Teardown;

/// <summary>
/// Takes away what setup made, in the order in which nothing is left unprotected: while libvirt still wants its locks, a missing volume
/// only keeps guests from starting.
/// </summary>
public static class TeardownPlanner
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(4);

    /// <summary>The plan; without I/O. An empty one means that nothing of setup is left.</summary>
    /// <param name="clone">The name of the clone that carries the lock storage.</param>
    /// <param name="snapshot">What was seen.</param>
    public static Plan PlanFor(string clone, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Plan users = new() { Refusals = [.. NodesMissing(snapshot), .. Users(clone, snapshot), .. Guests(snapshot)] };
        if (users.Refusals.Count > 0)
            return users;
        Plan plan =
            Resources(clone, snapshot)
            + Plan.All(snapshot.Reached.Select(node => LibvirtRestored.PlanFor(node, LockStorage.Find(snapshot.Cib, clone)?.Mount)));
        return plan.Changes.Count == 0 || plan.Refusals.Count > 0
            ? plan with
            {
                Refusals = [.. plan.Refusals.Distinct()],
            }
            : plan + Plan.Note("packages, enabled services and everything on the shared volume stay as they are");
    }

    private static IEnumerable<Refusal> NodesMissing(Snapshot snapshot) =>
        snapshot
            .Nodes.Where(node => node.Unreachable is not null)
            .Select(node => new Refusal(
                $"node {node.Name} could not be asked: {node.Unreachable!.Sentence}",
                $"{node.Unreachable.WayOut(node.Name)}, then run this again"
            ));

    private static IEnumerable<Refusal> Users(string clone, Snapshot snapshot)
    {
        Cib cib = snapshot.Cib;

        // libvirt's settings go too, whatever the clone's name is and wherever a guest's XML lies: every guest of the cluster is locked by
        // them.
        string[] guests = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => p.Id)];
        if (guests.Length > 0)
            yield return new Refusal(
                $"{string.Join(", ", guests)} {(guests.Length == 1 ? "uses" : "use")} the lock storage",
                $"take them out of the cluster first: haagent remove --stop {guests}"
            );
        if (Carrier(snapshot) is { } carrier && carrier != clone)
        {
            yield return new Refusal(
                $"libvirt keeps its locks on the volume of {carrier}, not of {clone}",
                $"haagent teardown --clone {carrier}"
            );
            yield break;
        }

        if (cib.Clone(clone) is not { } lockClone)
            yield break;

        // Nothing would stop, and it would be waited for in vain.
        bool unfinished = cib.Property(RemovePlanner.Mark) is not null || cib.Property(AdoptPlanner.Mark) is not null;
        if (unfinished || ClusterBoolean.IsTrue(cib.Property("maintenance-mode")))
        {
            Finding why = Management.OfCluster(cib).First();
            yield return new Refusal(why.Sentence, why.Mend!);
        }

        if (LockStorage.Find(cib, clone) is null)
        {
            yield return new Refusal(
                $"{clone} in the cluster's configuration mounts no volume, so it is not what setup made",
                $"name the clone with the lock storage: --clone NAME"
            );
            yield break;
        }

        string[] own = [clone, lockClone.Child, .. cib.Group(lockClone.Child)?.Members ?? []];
        foreach (
            (Constraint constraint, string[] resources) in cib
                .Constraints.Select(c => (c, (string[])[.. c.Resources.SelectMany(cib.Tagged)]))
                .Where(c => c.Item2.Intersect(own).Any() && !c.Item2.Intersect(guests).Any() && c.Item2.Except(own).Any())
        )
        {
            yield return new Refusal(
                $"the constraint {constraint.Id} makes {string.Join(", ", resources.Except(own))} depend on the lock storage",
                $"if that is no longer needed: crm configure delete {constraint.Id}"
            );
        }

        if (
            cib.Group(lockClone.Child) is { } group
            && group.Members.Select(cib.Primitive).Any(p => p is null || (p.Agent != AgentName.Controld && p.Agent != AgentName.Filesystem))
        )
        {
            yield return new Refusal(
                $"{group.Id} holds more than haagent put there ({string.Join(", ", group.Members)})",
                $"take the other resources out of the group first (crm configure modgroup), then run this again"
            );
        }
    }

    // The clone whose volume libvirt's settings name.
    private static string? Carrier(Snapshot snapshot)
    {
        string[] directories =
        [
            .. snapshot
                .Reached.Select(node => node.File(LibvirtPaths.QemuLockd).Value?.Text)
                .Select(text => text is null ? null : LibvirtConf.GetString(text, "file_lockspace_dir"))
                .OfType<string>()
                .Distinct(),
        ];
        return snapshot
            .Cib.Clones.Select(c => LockStorage.Find(snapshot.Cib, c.Id))
            .OfType<LockStorage>()
            .FirstOrDefault(storage => directories.Any(directory => directory == storage.Mount || Below(directory, storage.Mount)))
            ?.GroupClone.Id;
    }

    // Their locks would be gone with the settings.
    private static IEnumerable<Refusal> Guests(Snapshot snapshot) =>
        snapshot
            .Reached.Select(node =>
                node.Guests.Match(
                    guests =>
                        guests.Count == 0
                            ? null
                            : new Refusal(
                                $"{string.Join(", ", guests.Keys)} run{(guests.Count == 1 ? "s" : "")} on {node.Name} under the locks "
                                    + "that would go",
                                $"shut the guests on {node.Name} down (virsh shutdown NAME), then run this again"
                            ),
                    () => null,
                    why => Refusal.NotLearned("whether guests run", node.Name, why)
                )
            )
            .OfType<Refusal>();

    private static Plan Resources(string clone, Snapshot snapshot)
    {
        Cib cib = snapshot.Cib;
        if (cib.Clone(clone) is not { } lockClone)
            return new Plan();
        string[] members = [.. cib.Group(lockClone.Child)?.Members ?? [lockClone.Child]];
        bool stopped = !members.SelectMany(snapshot.Status.Anywhere).Any();
        Cib asked = cib;
        var changes = new List<Change>();
        if (!stopped)
        {
            if (!lockClone.IsToldToStop)
            {
                asked = cib.Edit().SetMeta(clone, "target-role", "Stopped").Finish();
                changes.Add(new Change.Configure($"stop {clone}", cib, asked));
            }

            changes.AddRange(
                members
                    .Reverse()
                    .Select(member => new Change.Await(
                        $"wait until {member} has stopped everywhere",
                        member,
                        new Goal.Nowhere(),
                        StopLimit
                    ))
            );
        }

        changes.Add(new Change.Configure($"take {clone} out of the cluster's configuration", asked, asked.Edit().Remove(clone).Finish()));
        return new Plan { Changes = changes };
    }

    private static bool Below(string? path, string mount) => path?.StartsWith(mount + "/", StringComparison.Ordinal) == true;
}

/// <summary>Gives a node the libvirt settings back that it had before setup.</summary>
internal static class LibvirtRestored
{
    /// <summary>The changes for one node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="mount">Where the clone's volume is mounted; null: nobody knows any more.</param>
    public static Plan PlanFor(NodeFacts node, string? mount)
    {
        Plan files =
            Restore(node, LibvirtPaths.Qemu, "lock_manager", value => value == "lockd")
            + Restore(
                node,
                LibvirtPaths.QemuLockd,
                "file_lockspace_dir",
                value => mount is not null && value.StartsWith(mount + "/", StringComparison.Ordinal)
            );
        Plan dropIn = Plan.From(
            node.File(LibvirtPaths.DropIn),
            $"what {LibvirtPaths.DropIn} says",
            node.Name,
            file =>
                Plan.Of(
                    new Change.WriteFile(
                        node.Name,
                        $"remove {LibvirtPaths.DropIn} on {node.Name}",
                        LibvirtPaths.DropIn,
                        file.Text,
                        null,
                        KeepBackup: false
                    )
                    {
                        WithDirectory = true,
                        ReloadSystemd = true,
                    }
                )
        );
        return files + dropIn + Daemons.Restarted(node, files.Changes.Count > 0);
    }

    private static Plan Restore(NodeFacts node, string path, string key, Func<string, bool> isSetups)
    {
        string copy = path + LibvirtPaths.BackupSuffix;
        return Plan.From(
            node.File(copy),
            $"what {copy} says",
            node.Name,
            original =>
                Plan.From(
                    node.File(path),
                    $"what {path} says",
                    node.Name,
                    current =>
                        Plan.Of(
                            new Change.WriteFile(
                                node.Name,
                                $"give {path} on {node.Name} back its {key} from before",
                                path,
                                current.Text,
                                Without(original.Text, current.Text, key),
                                KeepBackup: false
                            )
                            {
                                Removes = [copy],
                            }
                        )
                ),
            () => WithoutCopy(node, path, key, isSetups)
        );
    }

    // Setup keeps what was there; what it wrote where nothing was holds its line alone, with a value of its own: an admin's file may be one
    // line long too.
    private static Plan WithoutCopy(NodeFacts node, string path, string key, Func<string, bool> isSetups) =>
        Plan.From(
            node.File(path),
            $"what {path} says",
            node.Name,
            current =>
                LibvirtConf.GetString(current.Text, key) is not { } value ? new Plan()
                : isSetups(value) && LibvirtConf.SetString("", key, value) == current.Text
                    ? Plan.Of(
                        new Change.WriteFile(
                            node.Name,
                            $"remove {path} on {node.Name}, which holds nothing but setup's {key}",
                            path,
                            current.Text,
                            null,
                            KeepBackup: false
                        )
                    )
                : Plan.Note(
                    $"{path} on {node.Name} sets {key} to '{value}', and there is no copy of what it was before setup: it stays. If "
                        + "that was not so before, take the line out and restart libvirt there"
                )
        );

    /// <summary>The original, byte for byte, when setup's line is all that was changed since; else the current file with that line
    /// undone.</summary>
    private static string Without(string original, string current, string key)
    {
        if (LibvirtConf.GetString(current, key) is { } ours && LibvirtConf.SetString(original, key, ours) == current)
            return original;
        return LibvirtConf.GetString(original, key) is { } before
            ? LibvirtConf.SetString(current, key, before)
            : LibvirtConf.CommentOut(current, key);
    }
}
