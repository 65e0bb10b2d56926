using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Setup.Steps;
using HaAgent.Cluster.Status;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.3: the clone with the volume runs on all nodes.</summary>
internal static class LockResourcesRun
{
    private const string Name = "lock storage";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        if (scope.Storage is not { } storage)
        {
            yield return new Finding(Name, Severity.Error, $"the cluster has no lock storage ({scope.GroupClone})", Remedies.Setup(scope));
            yield break;
        }

        bool good = true;
        if (!ClusterBoolean.IsTrue(storage.GroupClone.MetaValue("interleave")))
        {
            good = false;
            yield return new Finding(
                Name,
                Severity.Error,
                $"{storage.GroupClone.Id} lacks interleave=true: when one node starts or stops it, the guests on the others are restarted",
                $"crm resource meta {storage.GroupClone.Id} set interleave true"
            );
        }

        ClusterStatus status = scope.Snapshot.Status;
        string[] missing =
        [
            .. scope.Snapshot.Nodes.Select(n => n.Name).Where(status.TakesResources).Except(status.Where(storage.Filesystem.Id)),
        ];
        foreach (string node in missing)
        {
            good = false;
            string why =
                status
                    .Failures.Where(f => f.Node == node && storage.Members.Any(m => m.Id == f.Resource))
                    .Select(f => $": {f}")
                    .LastOrDefault()
                ?? "";
            yield return new Finding(
                Name,
                Severity.Error,
                $"{storage.GroupClone.Id} does not run on {node}{why}",
                $"crm resource cleanup {storage.GroupClone.Id}"
            );
        }

        if (good)
            yield return new Finding(
                Name,
                Severity.Ok,
                $"{storage.GroupClone.Id} runs everywhere, with {storage.Filesystem.Parameter("device")} at {storage.Mount}",
                null
            );
    }
}

/// <summary>DLM can have a lost node fenced, and waits for none: until that is done whoever touches the volume stands still.</summary>
internal static class LockManagerFencing
{
    private const string Name = "DLM";

    public static IEnumerable<Finding> Look(CheckScope scope) =>
        scope.Storage is { UsesDlm: true } ? scope.Snapshot.Reached.SelectMany(node => Look(scope, node)) : [];

    private static IEnumerable<Finding> Look(CheckScope scope, NodeFacts node)
    {
        Finding[] found =
        [
            .. new[]
            {
                Finding.Unless(Name, "how DLM has nodes fenced", node, node.DlmHelper),
                Finding.Unless(Name, "for which nodes DLM waits", node, node.DlmWaits),
            }.OfType<Finding>(),
            .. Standstill
                .Of(node, scope.Snapshot)
                .Prepend(Standstill.CannotFence(node))
                .OfType<Standstill>()
                .Select(standstill => new Finding(
                    Name,
                    standstill.IsPending ? Severity.Warning : Severity.Error,
                    standstill.Sentence,
                    standstill.Next
                )),
        ];
        return found.Length == 0 && node.DlmHelper is { Value: { } helper }
            ? [new Finding(Name, Severity.Ok, $"DLM on {node.Name} can have nodes fenced ({helper.Library}), and waits for none", null)]
            : found;
    }
}

/// <summary>Guide 18.4, steps 2 to 4: the lock settings are there, and are the same on all nodes.</summary>
internal static class LockSettingsEqual
{
    private const string Name = "lock settings";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        bool good = true;
        foreach (NodeFacts node in scope.Snapshot.Reached.Where(n => LibvirtFlavour.Of(n).State != FactState.Absent))
        {
            Finding[] unknown = [.. Unknown(node)];
            good &= unknown.Length == 0;
            foreach (Finding finding in unknown)
                yield return finding;
            if (unknown.Length > 0)
                continue;
            string? manager = LibvirtConf.GetString(Text(node, LibvirtPaths.Qemu), "lock_manager");
            string lockd = Text(node, LibvirtPaths.QemuLockd);
            string? directory = LibvirtConf.GetString(lockd, "file_lockspace_dir");
            foreach (Finding problem in Problems(scope, node, manager, directory, lockd))
            {
                good = false;
                yield return problem;
            }
        }

        if (good)
            yield return new Finding(Name, Severity.Ok, "lock_manager and file_lockspace_dir are set, and equal on all nodes", null);
    }

    private static IEnumerable<Finding> Unknown(NodeFacts node) =>
        new[]
        {
            Finding.Unless(Name, LibvirtFlavour.What, node, LibvirtFlavour.Of(node)),
            Finding.Unless(Name, $"what {LibvirtPaths.Qemu} says", node, node.File(LibvirtPaths.Qemu)),
            Finding.Unless(Name, $"what {LibvirtPaths.QemuLockd} says", node, node.File(LibvirtPaths.QemuLockd)),
        }.OfType<Finding>();

    // A file that is known not to be there sets nothing; one that was not learned is dealt with before.
    private static string Text(NodeFacts node, string path) => node.File(path).Value?.Text ?? "";

    private static IEnumerable<Finding> Problems(CheckScope scope, NodeFacts node, string? manager, string? directory, string lockd)
    {
        if (manager != "lockd")
            yield return new Finding(
                Name,
                Severity.Error,
                $"lock_manager in {LibvirtPaths.Qemu} on {node.Name} is {manager ?? "not set"}: guests run there without locks",
                Remedies.Setup(scope)
            );
        if (directory is null)
            yield return new Finding(
                Name,
                Severity.Error,
                $"file_lockspace_dir in {LibvirtPaths.QemuLockd} on {node.Name} is not set: locks count on that node only",
                Remedies.Setup(scope)
            );
        else if (scope.Storage is { } storage && !directory.StartsWith(storage.Mount + "/", StringComparison.Ordinal))
            yield return new Finding(
                Name,
                Severity.Error,
                $"file_lockspace_dir on {node.Name} is {directory}, not on the shared volume at {storage.Mount}",
                Remedies.Setup(scope)
            );
        else if (
            scope
                .Snapshot.Reached.Select(n => LibvirtConf.GetString(Text(n, LibvirtPaths.QemuLockd), "file_lockspace_dir"))
                .FirstOrDefault(d => d is not null && d != directory) is
            { } other
        )
            yield return new Finding(
                Name,
                Severity.Error,
                $"file_lockspace_dir on {node.Name} is {directory}, elsewhere {other}: the nodes do not see each other's locks",
                Remedies.Setup(scope)
            );
        if (LibvirtConf.GetInteger(lockd, "auto_disk_leases") == 0)
            yield return new Finding(
                Name,
                Severity.Error,
                $"auto_disk_leases = 0 on {node.Name} switches the locking of disks off",
                $"take that line out of {LibvirtPaths.QemuLockd}, then restart libvirt there"
            );
        if (
            LibvirtFlavour.Of(node) is { Value: { } flavour }
            && node.Daemon(flavour.Daemon) is { Value: { } daemon }
            && Daemons.IsStale(node, daemon) is { Value: true }
        )
        {
            yield return new Finding(
                Name,
                Severity.Error,
                $"{flavour.Daemon} on {node.Name} was started before its settings were written and does not know them",
                $"{Remedies.Setup(scope)} (it restarts libvirt where no guest runs)"
            );
        }
    }
}

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
            Finding? problem =
                Finding.Unless(Name, "what is mounted", node, node.Mounts)
                ?? Finding.Unless(Name, $"whether {storage.LockDirectory} is there", node, node.Directory(storage.LockDirectory));
            Mount? mount = node.MountAt(storage.Mount).Value;
            DirectoryFact? directory = node.Directory(storage.LockDirectory).Value;
            problem ??= (mount, directory) switch
            {
                (null, not null) => new Finding(
                    Name,
                    Severity.Error,
                    $"nothing is mounted at {storage.Mount} on {node.Name}, and {storage.LockDirectory} there is a local shadow: locks in "
                        + "it count on that node only",
                    $"crm resource cleanup {storage.GroupClone.Id}"
                ),
                (null, _) => new Finding(
                    Name,
                    Severity.Error,
                    $"nothing is mounted at {storage.Mount} on {node.Name}",
                    $"crm resource cleanup {storage.GroupClone.Id}"
                ),
                (_, null) => new Finding(Name, Severity.Error, $"{storage.LockDirectory} is missing on {node.Name}", Remedies.Setup(scope)),
                ({ LocksAreLocal: true }, _) => new Finding(
                    Name,
                    Severity.Error,
                    $"{storage.Mount} on {node.Name} is mounted with locks that count on that node only ({mount.Options})",
                    $"mount it without nolock and local_lock"
                ),
                _ when directory.MountPoint != storage.Mount => new Finding(
                    Name,
                    Severity.Error,
                    $"{storage.LockDirectory} on {node.Name} lies on {directory.MountPoint}, not on the volume",
                    Remedies.Setup(scope)
                ),
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

/// <summary>Guide 18.2: shared devices on all nodes, under stable names, apart from the SBD device.</summary>
internal static class SharedDevices
{
    private const string Name = "shared devices";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        return scope.Devices.SelectMany(device =>
            Finding.FaultsOr(
                [.. SharedDevice.Unusable(device, scope.Snapshot).Distinct().Select(Problem)],
                Name,
                () => $"{device} is there on every node"
            )
        );
    }

    private static Finding Problem(Refusal refusal) =>
        new(Name, refusal.IsNotLearned ? Severity.Warning : Severity.Error, refusal.Sentence, refusal.WayOut);
}
