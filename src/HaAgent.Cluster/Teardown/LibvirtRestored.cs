using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Setup.Steps;
using HaAgent.Core.Locking;

namespace HaAgent.Cluster.Teardown;

/// <summary>Gives a node the libvirt settings back that it had before setup.</summary>
internal static class LibvirtRestored
{
    /// <summary>The changes for one node.</summary>
    public static Plan Plan(NodeFacts node)
    {
        Plan files = Restore(node, LibvirtPaths.Qemu, "lock_manager") + Restore(node, LibvirtPaths.QemuLockd, "file_lockspace_dir");
        Plan dropIn = Planning.Plan.From(node.File(LibvirtPaths.DropIn), $"what {LibvirtPaths.DropIn} says", node.Name, file => Planning.Plan.Of(
            new Change.WriteFile(node.Name, $"remove {LibvirtPaths.DropIn} on {node.Name}", LibvirtPaths.DropIn, file.Text, null, KeepBackup: false)
            {
                WithDirectory = true,
                ReloadSystemd = true,
            }));
        return files + dropIn + Daemons.Restarted(node, files.Changes.Count > 0);
    }

    private static Plan Restore(NodeFacts node, string path, string key)
    {
        string copy = path + LibvirtPaths.BackupSuffix;
        return Planning.Plan.From(node.File(copy), $"what {copy} says", node.Name, original => Planning.Plan.From(node.File(path), $"what {path} says", node.Name, current =>
            Planning.Plan.Of(new Change.WriteFile(node.Name, $"give {path} on {node.Name} back its {key} from before", path, current.Text, Without(original.Text, current.Text, key),
                KeepBackup: false) { Removes = [copy] })));
    }

    /// <summary>The original, byte for byte, when setup's line is all that was changed since; else the current file with that line undone.</summary>
    private static string Without(string original, string current, string key)
    {
        if (LibvirtConf.GetString(current, key) is { } ours && LibvirtConf.SetString(original, key, ours) == current)
            return original;
        return LibvirtConf.GetString(original, key) is { } before ? LibvirtConf.SetString(current, key, before) : LibvirtConf.CommentOut(current, key);
    }
}
