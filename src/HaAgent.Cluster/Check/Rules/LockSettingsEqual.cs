using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Setup.Steps;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Rules;

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

    private static IEnumerable<Finding> Unknown(NodeFacts node) => new[]
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
            yield return new Finding(Name, Severity.Error, $"lock_manager in {LibvirtPaths.Qemu} on {node.Name} is {manager ?? "not set"}: guests run there without locks", Mending.Setup(scope));
        if (directory is null)
            yield return new Finding(Name, Severity.Error, $"file_lockspace_dir in {LibvirtPaths.QemuLockd} on {node.Name} is not set: locks count on that node only", Mending.Setup(scope));
        else if (scope.Storage is { } storage && !directory.StartsWith(storage.Mount + "/", StringComparison.Ordinal))
            yield return new Finding(Name, Severity.Error, $"file_lockspace_dir on {node.Name} is {directory}, not on the shared volume at {storage.Mount}", Mending.Setup(scope));
        else if (scope.Snapshot.Reached.Select(n => LibvirtConf.GetString(Text(n, LibvirtPaths.QemuLockd), "file_lockspace_dir")).FirstOrDefault(d => d is not null && d != directory) is { } other)
            yield return new Finding(Name, Severity.Error, $"file_lockspace_dir on {node.Name} is {directory}, elsewhere {other}: the nodes do not see each other's locks", Mending.Setup(scope));
        if (LibvirtConf.GetInteger(lockd, "auto_disk_leases") == 0)
            yield return new Finding(Name, Severity.Error, $"auto_disk_leases = 0 on {node.Name} switches the locking of disks off", $"take that line out of {LibvirtPaths.QemuLockd}, then restart libvirt there");
        if (LibvirtFlavour.Of(node) is { Value: { } flavour } && node.Daemon(flavour.Daemon) is { Value: { } daemon } && Daemons.IsStale(node, daemon) is { Value: true })
        {
            yield return new Finding(Name, Severity.Error, $"{flavour.Daemon} on {node.Name} was started before its settings were written and does not know them", $"{Mending.Setup(scope)} (it restarts libvirt where no guest runs)");
        }
    }
}
