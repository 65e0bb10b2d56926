using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Files;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Setup.Steps;

namespace HaAgent.Cluster.Teardown;

/// <summary>Gives a node the libvirt settings back that it had before setup.</summary>
internal static class LibvirtRestored
{
    /// <summary>The changes for one node.</summary>
    public static Plan Plan(NodeFacts node)
    {
        Change.WriteFile[] files =
        [
            .. Restore(node, LibvirtPaths.Qemu, "lock_manager"),
            .. Restore(node, LibvirtPaths.QemuLockd, "file_lockspace_dir"),
        ];
        var changes = new List<Change>(files);
        if (node.File(LibvirtPaths.DropIn).Text is { } dropIn)
        {
            changes.Add(new Change.WriteFile(node.Name, $"remove {LibvirtPaths.DropIn} on {node.Name}", LibvirtPaths.DropIn, dropIn, null, KeepBackup: false)
            {
                WithDirectory = true,
                ReloadSystemd = true,
            });
        }

        return new Plan { Changes = changes } + Daemons.Restarted(node, files.Length > 0);
    }

    private static IEnumerable<Change.WriteFile> Restore(NodeFacts node, string path, string key)
    {
        string copy = path + LibvirtPaths.BackupSuffix;
        if (node.File(copy).Text is not { } original || node.File(path).Text is not { } current)
            yield break;
        yield return new Change.WriteFile(node.Name, $"give {path} on {node.Name} back its {key} from before", path, current, Without(original, current, key),
            KeepBackup: false) { Removes = [copy] };
    }

    /// <summary>The original, byte for byte, when setup's line is all that was changed since; else the current file with that line undone.</summary>
    private static string Without(string original, string current, string key)
    {
        if (LibvirtConf.GetString(current, key) is { } ours && LibvirtConf.SetString(original, key, ours) == current)
            return original;
        return LibvirtConf.GetString(original, key) is { } before ? LibvirtConf.SetString(current, key, before) : LibvirtConf.CommentOut(current, key);
    }
}
