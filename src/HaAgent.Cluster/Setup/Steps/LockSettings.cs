using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Files;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>Guide 18.4, steps 2 to 4: libvirt's lock manager and the directory of its lease files, on every node.</summary>
public static class LockSettings
{
    /// <summary>Sets what is not set.</summary>
    public static Plan Plan(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        return Planning.Plan.All(snapshot.Reached.Select(node => Plan(intent, node)));
    }

    /// <summary>What has to be written on a node.</summary>
    internal static IReadOnlyList<Change.WriteFile> Missing(SetupIntent intent, NodeFacts node) => LibvirtFlavour.Of(node) is null ? [] :
    [
        .. Missing(node, LibvirtPaths.Qemu, "lock_manager", "lockd"),
        .. Missing(node, LibvirtPaths.QemuLockd, "file_lockspace_dir", intent.LockDirectory),
    ];

    private static Plan Plan(SetupIntent intent, NodeFacts node)
    {
        if (LibvirtFlavour.Of(node) is null)
        {
            return Planning.Plan.Note($"libvirt is not installed on {node.Name} yet: its settings and services are planned once it is");
        }

        IReadOnlyList<Change.WriteFile> missing = Missing(intent, node);
        if (missing.Count > 0 && node.Guests.Count > 0)
            return Endangered(node, $"{string.Join(" and ", missing.Select(m => m.Path))} must change on {node.Name}");
        return LeasesOff(node) ?? new Plan { Changes = missing };
    }

    /// <summary>The refusal to touch libvirt while guests run that would stay without the new locks.</summary>
    internal static Plan Endangered(NodeFacts node, string why) => Planning.Plan.Refuse(
        $"{why}, and that needs libvirt restarted while {string.Join(", ", node.Guests)} run{(node.Guests.Count == 1 ? "s" : "")} there without the new locks: another node could then start the same guest",
        $"shut the guests on {node.Name} down (virsh shutdown NAME) or move them to another node, then run this again");

    private static IEnumerable<Change.WriteFile> Missing(NodeFacts node, string path, string key, string value)
    {
        string? before = node.File(path).Text;
        if (LibvirtConf.GetString(before ?? "", key) == value)
            yield break;
        string after = LibvirtConf.SetString(before ?? "", key, value);
        yield return new Change.WriteFile(node.Name, $"set {key} = \"{value}\" in {path} on {node.Name}", path, before, after, KeepBackup: true);
    }

    // With automatic leases switched off libvirt locks nothing that the guest's XML does not name, whatever the other settings say.
    private static Plan? LeasesOff(NodeFacts node) =>
        LibvirtConf.GetWord(node.File(LibvirtPaths.QemuLockd).Text ?? "", "auto_disk_leases") == "0"
            ? Planning.Plan.Refuse($"auto_disk_leases = 0 in {LibvirtPaths.QemuLockd} on {node.Name} switches the locking of disks off",
                "take that line out on every node, then run this again")
            : null;
}
