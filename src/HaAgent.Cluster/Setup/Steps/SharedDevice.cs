using System.Globalization;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>Guide 18.3, step 1: the cluster filesystem on the shared device, and never over anything else.</summary>
public static class SharedDevice
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Makes the filesystem, when the device is empty or the admin gave it up.</summary>
    public static Plan Plan(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        if (intent.Storage is not Storage.Device storage)
            return new Plan();
        Refusal[] refusals = [.. Unusable(storage.Path, snapshot)];
        return refusals.Length > 0 ? new Plan { Refusals = refusals } : Format(storage, snapshot) + KernelNotes(storage, snapshot) + NameNote(storage.Path, snapshot);
    }

    /// <summary>Why a device cannot be the cluster's shared one.</summary>
    internal static IEnumerable<Refusal> Unusable(string path, Snapshot snapshot) =>
        [.. snapshot.Reached.SelectMany(node => Unusable(path, node)), .. UnstableName(path, snapshot), .. SizesDiffer(path, snapshot), .. snapshot.Reached.SelectMany(node => IsSbd(path, node))];

    private static IEnumerable<Refusal> IsSbd(string path, NodeFacts node)
    {
        if (node.Sbd is not null && node.Devices.TryGetValue(path, out DeviceFact? fact) && node.Sbd.Devices.Any(sbd => sbd.Key == path || sbd.Value == fact.RealPath))
            yield return new Refusal($"{path} is the SBD device on {node.Name}: a busy volume would starve it, and the node would be reset", "use another device for the volume");
    }

    private static IEnumerable<Refusal> Unusable(string path, NodeFacts node)
    {
        DeviceFact device = node.Devices.TryGetValue(path, out DeviceFact? fact) ? fact : new DeviceFact(false);
        if (!device.Exists)
        {
            yield return new Refusal($"{path} is not a block device on {node.Name}",
                $"connect the shared device to {node.Name} under the same name as on the other nodes (ls -l /dev/disk/by-id shows its names)");
            yield break;
        }

        if (device.ReadOnly)
            yield return new Refusal($"{path} is read-only on {node.Name}", $"make it writable there (blockdev --setrw {path}), or name another device");
    }

    private static IEnumerable<Refusal> UnstableName(string path, Snapshot snapshot)
    {
        if (!DeviceName.IsUnstable(path) || !HasStableName(path, snapshot))
            yield break;
        string? stable = Preferred([.. Names(path, snapshot).Aggregate((all, next) => all.Intersect(next))]);
        yield return new Refusal($"{path} is not a stable name: it may be another device on another node or after the next boot",
            stable is null ? "use --device with a name under /dev/disk/by-id that every node has" : $"use --device {stable}");
    }

    private static bool HasStableName(string path, Snapshot snapshot) => Names(path, snapshot).Any(names => names.Any());

    private static IEnumerable<IEnumerable<string>> Names(string path, Snapshot snapshot) =>
        snapshot.Reached.Where(n => n.Devices.TryGetValue(path, out DeviceFact? d) && d.Exists).Select(n => n.Devices[path].StableNames);

    // A virtual disk without a serial number has no other name.
    private static Plan NameNote(string path, Snapshot snapshot) => DeviceName.IsUnstable(path) && !HasStableName(path, snapshot)
        ? Planning.Plan.Note($"{path} is not a stable name, and the device has no other: give it a serial number, so that /dev/disk/by-id names it")
        : new Plan();

    private static string? Preferred(IReadOnlyList<string> names) =>
        names.FirstOrDefault(n => n.Contains("/by-id/wwn-", StringComparison.Ordinal))
        ?? names.FirstOrDefault(n => n.Contains("/by-id/", StringComparison.Ordinal))
        ?? (names.Count > 0 ? names[0] : null);

    private static IEnumerable<Refusal> SizesDiffer(string path, Snapshot snapshot)
    {
        var sizes = snapshot.Reached.Where(n => n.Devices.TryGetValue(path, out DeviceFact? d) && d.Exists)
            .Select(n => (n.Name, n.Devices[path].Size)).ToList();
        if (sizes.Select(s => s.Size).Distinct().Count() > 1)
        {
            string list = string.Join(", ", sizes.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Size} bytes on {s.Name}")));
            yield return new Refusal($"{path} is not the same device on every node: {list}", "use a name under /dev/disk/by-id that leads to the shared device everywhere");
        }
    }

    private static Plan Format(Storage.Device storage, Snapshot snapshot)
    {
        string type = Name(storage.Type);
        DeviceFact device = snapshot.Node(snapshot.Self).Devices[storage.Path];
        string cluster = snapshot.Node(snapshot.Self).ClusterName ?? "hacluster";
        if (device.ClusterFilesystem is { } present && present.Type == type && Mountable(present, cluster))
        {
            // The same command again, to resume or to check, must not destroy what the first run made.
            return storage.ForceFormat
                ? Planning.Plan.Note($"{storage.Path} already holds an {type} volume of this cluster and is not formatted again (to begin anew: wipefs --all {storage.Path})")
                : new Plan();
        }

        if (snapshot.Reached.FirstOrDefault(node => node.Devices[storage.Path].UsedBy.Count > 0) is { } user)
        {
            return Planning.Plan.Refuse($"{storage.Path} is in use on {user.Name} by {string.Join(", ", user.Devices[storage.Path].UsedBy)}",
                "free it first, or name another device");
        }

        if (device.Signatures.Count > 0 && !storage.ForceFormat)
        {
            string found = string.Join(", ", device.Signatures);
            string more = device.ClusterFilesystem is { } other ? $" made for cluster stack {other.Stack}, cluster {other.ClusterName}, not for {cluster}" : "";
            return Planning.Plan.Refuse($"{storage.Path} is not empty: it holds {found}{more}, and setup never formats over anything",
                $"name another device; or, if what lies on it may be destroyed, add --force-format {storage.Path}");
        }

        var make = new MakeFilesystem(storage.Path, device.Size, device.Signatures, Filesystem(storage.Type), cluster, Slots(snapshot), "virt-lock") { Force = storage.ForceFormat };
        string destroy = device.Signatures.Count > 0 ? $"DESTROY the {string.Join(", ", device.Signatures)} on {storage.Path} and " : "";
        string title = $"{destroy}make the filesystem on {snapshot.Self}: {string.Join(' ', make.Command.Select(ShellWord.Quote))}";
        return Planning.Plan.Of(new Change.OnNode(snapshot.Self, title, make, Limit) { Leaves = [storage.Path] });
    }

    private static bool Mountable(ClusterFilesystemFact found, string cluster) =>
        found.ClusterName == cluster && found.Stack is "pcmk" or "lock_dlm";

    /// <summary>Room for a few nodes more: each needs a slot (OCFS2) or a journal (GFS2) of its own.</summary>
    private static int Slots(Snapshot snapshot) => Math.Max(4, snapshot.Nodes.Count + 2);

    private static ClusterFilesystem Filesystem(VolumeType type) => type switch
    {
        VolumeType.Ocfs2 => ClusterFilesystem.Ocfs2,
        VolumeType.Gfs2 => ClusterFilesystem.Gfs2,
    };

    private static Plan KernelNotes(Storage.Device storage, Snapshot snapshot)
    {
        string type = Name(storage.Type);
        return Planning.Plan.All(snapshot.Reached.Where(node => !node.KernelFilesystems.Contains(type)).Select(node => Planning.Plan.Note(
            $"the kernel of {node.Name} has no {type} (nor a module for it): the volume cannot be mounted there until it has")));
    }

    private static string Name(VolumeType type) => type switch
    {
        VolumeType.Ocfs2 => "ocfs2",
        VolumeType.Gfs2 => "gfs2",
    };
}
