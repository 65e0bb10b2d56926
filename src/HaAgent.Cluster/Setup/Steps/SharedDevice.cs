using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>Guide 18.3, step 1: the cluster filesystem on the shared device, and never over anything else.</summary>
public static class SharedDevice
{
    private const string Label = "virt-lock";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(90);

    /// <summary>Makes the filesystem, when the device is empty or the admin gave it up.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        if (intent.Storage is not Storage.Device storage)
            return new Plan();
        Refusal[] refusals = [.. Unusable(storage.Path, snapshot)];
        return refusals.Length > 0
            ? new Plan { Refusals = refusals }
            : Format(storage, snapshot) + KernelNotes(storage, snapshot) + NameNote(storage.Path, snapshot);
    }

    /// <summary>Why a device cannot be the cluster's shared one, or why nobody knows.</summary>
    internal static IEnumerable<Refusal> Unusable(string path, Snapshot snapshot) =>
        [
            .. snapshot.Reached.SelectMany(node => Unusable(path, node)),
            .. UnstableName(path, snapshot),
            .. SizesDiffer(path, snapshot),
            .. snapshot.Reached.SelectMany(node => IsSbd(path, node)),
        ];

    private static IEnumerable<Refusal> IsSbd(string path, NodeFacts node)
    {
        if (node.Sbd.IsNotLearned(out string? why))
            yield return Refusal.NotLearned($"whether {path} is the SBD device", node.Name, why);
        if (
            node.Sbd.IsKnown(out SbdFact? fencing)
            && node.Device(path).IsKnown(out DeviceFact? device)
            && fencing.Devices.Any(sbd => sbd.Key == path || sbd.Value == device.RealPath)
        )
            yield return new Refusal(
                $"{path} is the SBD device on {node.Name}: a busy volume would starve it, and the node would be reset",
                $"use another device for the volume"
            );
    }

    private static IEnumerable<Refusal> Unusable(string path, NodeFacts node) =>
        node.Device(path)
            .Match<IEnumerable<Refusal>>(
                device =>
                    [
                        .. device.ReadOnly.Match<IEnumerable<Refusal>>(
                            readOnly =>
                                readOnly
                                    ?
                                    [
                                        new Refusal(
                                            $"{path} is read-only on {node.Name}",
                                            $"make it writable there (blockdev --setrw {path}), or name another device"
                                        ),
                                    ]
                                    : [],
                            () => [],
                            why => [Refusal.NotLearned($"whether {path} may be written", node.Name, why)]
                        ),
                        .. device.Size.IsNotLearned(out string? unknown)
                            ? new[] { Refusal.NotLearned($"how large {path} is", node.Name, unknown) }
                            : [],
                    ],
                () =>
                    [
                        new Refusal(
                            $"{path} is not a block device on {node.Name}",
                            $"connect the shared device to {node.Name} under the same name as on the other nodes (ls -l /dev/disk/by-id "
                                + $"shows its names)"
                        ),
                    ],
                why => [Refusal.NotLearned($"what {path} is", node.Name, why)]
            );

    private static IEnumerable<Refusal> UnstableName(string path, Snapshot snapshot)
    {
        if (!DeviceName.IsUnstable(path) || !HasStableName(path, snapshot))
            yield break;
        string? stable = DeviceName.Preferred(Names(path, snapshot).Aggregate((all, next) => all.Intersect(next)));
        yield return new Refusal(
            $"{path} is not a stable name: it may be another device on another node or after the next boot",
            stable is null ? Advice.Of($"use --device with a name under /dev/disk/by-id that every node has") : $"use --device {stable}"
        );
    }

    private static bool HasStableName(string path, Snapshot snapshot) =>
        Names(path, snapshot).Any(names => DeviceName.Preferred(names) is not null);

    private static IEnumerable<IEnumerable<string>> Names(string path, Snapshot snapshot) =>
        Seen(path, snapshot).Select(seen => seen.Device.StableNames);

    private static IEnumerable<(string Node, DeviceFact Device)> Seen(string path, Snapshot snapshot) =>
        snapshot
            .Reached.Select(node => (node.Name, node.Device(path).Value))
            .Where(seen => seen.Value is not null)
            .Select(seen => (seen.Name, seen.Value!));

    // A virtual disk without a serial number has no other name.
    private static Plan NameNote(string path, Snapshot snapshot) =>
        DeviceName.IsUnstable(path) && !HasStableName(path, snapshot)
            ? Plan.Note(
                $"{path} is not a stable name, and the device has no other: give it a serial number, so that /dev/disk/by-id names it"
            )
            : new Plan();

    private static IEnumerable<Refusal> SizesDiffer(string path, Snapshot snapshot)
    {
        (string Node, long Size)[] sizes =
        [
            .. Seen(path, snapshot)
                .Where(seen => seen.Device.Size.State == FactState.Known)
                .Select(seen => (seen.Node, seen.Device.Size.Value)),
        ];
        if (sizes.Select(s => s.Size).Distinct().Count() > 1)
        {
            string list = string.Join(", ", sizes.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Size} bytes on {s.Node}")));
            yield return new Refusal(
                $"{path} is not the same device on every node: {list}",
                $"use a name under /dev/disk/by-id that leads to the shared device everywhere"
            );
        }
    }

    private static Plan Format(Storage.Device storage, Snapshot snapshot)
    {
        NodeFacts self = snapshot.Node(snapshot.Self);
        return Plan.From(
            self.Device(storage.Path),
            $"what {storage.Path} is",
            self.Name,
            device =>
                Plan.From(
                    self.ClusterName.OrWhenAbsent("hacluster"),
                    "what the cluster's name is",
                    self.Name,
                    cluster =>
                        Plan.From(
                            Volume(storage, snapshot, device),
                            $"which volume lies on {storage.Path}",
                            self.Name,
                            present =>
                                present.Type == Name(storage.Type) && Mountable(present, cluster) && IsOurs(storage, snapshot, present)
                                    ? Made(storage, snapshot, present)
                                    : Format(storage, snapshot, device, cluster, present),
                            () => Format(storage, snapshot, device, cluster, null)
                        )
                )
        );
    }

    /// <summary>
    /// Whether what lies on the device can be looked at only once the tool for it is installed. Until then nothing can be planned that is
    /// to lie on it: it may be this very cluster's volume.
    /// </summary>
    /// <param name="intent">What the admin wants.</param>
    /// <param name="snapshot">What was seen.</param>
    /// <param name="notes">What the admin should know of it, and why there is nothing to wait for, if so.</param>
    public static bool WaitsForTool(SetupIntent intent, Snapshot snapshot, out Plan notes)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        notes = new Plan();
        if (
            intent.Storage is not Storage.Device storage
            || !intent.InstallPackages
            || snapshot.Node(snapshot.Self).Device(storage.Path).Value is not { } device
            || Volume(storage, snapshot, device).State != FactState.NotLearned
            || snapshot.Node(snapshot.Self).Has("mkfs." + Name(storage.Type)) is not { State: FactState.Known, Value: false }
        )
            return false;
        Refusal[] refusals = [.. Unusable(storage.Path, snapshot)];
        notes =
            new Plan { Refusals = refusals }
            + Plan.Note(
                $"whose {Name(storage.Type)} volume lies on {storage.Path} is looked at once the tool for it is installed; what "
                    + "becomes of it is shown then"
            );
        return true;
    }

    // A volume of the other type is not ours whatever it says.
    private static Fact<ClusterFilesystemFact> Volume(Storage.Device storage, Snapshot snapshot, DeviceFact device)
    {
        if (!device.ClusterFilesystem.IsNotLearned(out _) || !device.Signatures.IsKnown(out IReadOnlyList<string>? found))
            return device.ClusterFilesystem;
        if (Seen(storage.Path, snapshot).FirstOrDefault(seen => seen.Device.ClusterFilesystem.IsKnown(out _)) is { Device: { } learned })
            return learned.ClusterFilesystem;
        return found.Contains(Name(storage.Type)) ? device.ClusterFilesystem : Fact.Absent<ClusterFilesystemFact>();
    }

    // The same command again, to resume or to check, must not destroy what the first run made.
    private static Plan Made(Storage.Device storage, Snapshot snapshot, ClusterFilesystemFact present) =>
        (
            storage.ForceFormat
                ? Plan.Note(
                    $"{storage.Path} already holds an {Name(storage.Type)} volume of this cluster and is not formatted again (to begin "
                        + $"anew: wipefs --all {storage.Path})"
                )
                : new Plan()
        )
        + (
            IsConfigured(storage, snapshot)
                ? new Plan()
                : Plan.Note(
                    $"{storage.Path} already holds the {Name(storage.Type)} volume {Label} of a cluster {present.ClusterName}, and no "
                        + "resource of this cluster names it yet: go on only if it is this cluster's. Two clusters of one name that mount "
                        + "it destroy it, and see nothing of each other's locks"
                )
        );

    // The name of a cluster is often the one that its tools propose: it alone does not say whose a volume is.
    private static bool IsOurs(Storage.Device storage, Snapshot snapshot, ClusterFilesystemFact found) =>
        found.Label == Label || IsConfigured(storage, snapshot);

    private static bool IsConfigured(Storage.Device storage, Snapshot snapshot)
    {
        string[] names =
        [
            storage.Path,
            .. Seen(storage.Path, snapshot).SelectMany(seen => (string[])[seen.Device.RealPath, .. seen.Device.StableNames]),
        ];
        return snapshot.Cib.Primitives.Any(p => p.Agent == AgentName.Filesystem && names.Contains(p.Parameter("device")));
    }

    private static Plan Format(Storage.Device storage, Snapshot snapshot, DeviceFact device, string cluster, ClusterFilesystemFact? present)
    {
        // What one node sees on the device counts for all; a node that could not look may be the one that would have seen it.
        Refusal[] unknown = [.. Seen(storage.Path, snapshot).SelectMany(seen => NotLookedAt(storage, seen.Node, seen.Device))];
        if (unknown.Length > 0)
            return new Plan { Refusals = unknown };
        if (Seen(storage.Path, snapshot).FirstOrDefault(seen => seen.Device.UsedBy is { Value.Count: > 0 }) is { Device: not null } user)
        {
            return Plan.Refuse(
                $"{storage.Path} is in use on {user.Node} by {string.Join(", ", user.Device.UsedBy.Value!)}",
                $"free it first, or name another device"
            );
        }

        string[] signatures = [.. Seen(storage.Path, snapshot).SelectMany(seen => seen.Device.Signatures.Value ?? []).Distinct()];
        if (signatures.Length > 0 && !storage.ForceFormat)
        {
            string found = string.Join(", ", signatures);
            bool mayBeOurs = present is not null && Mountable(present, cluster) && present.Type == Name(storage.Type);
            string more =
                present is null ? ""
                : mayBeOurs
                    ? $" with the label '{present.Label}', made for a cluster {cluster}, whose volume no resource of this cluster "
                        + "names: another cluster may bear the same name"
                : $" made for cluster stack {present.Stack}, cluster {present.ClusterName}, not for {cluster}";
            return Plan.Refuse(
                $"{storage.Path} is not empty: it holds {found}{more}, and setup never formats over anything",
                mayBeOurs
                    ? Labelled(storage, cluster)
                    : $"name another device; or, if what lies on it may be destroyed, add --force-format {storage.Path}"
            );
        }

        if (!storage.ForceFormat && Seen(storage.Path, snapshot).Any(seen => !IsBlank(seen.Device)))
        {
            return Plan.Refuse(
                $"{storage.Path} is not empty: it holds data of no kind that wipefs knows (a database's raw volume, an encrypted disk "
                    + "and what is left of a mkfs that was cut off look like that), and setup never formats over anything",
                $"name another device; or, if what lies on it may be destroyed, add --force-format {storage.Path}"
            );
        }

        if (!device.Size.IsKnown(out long size))
            return new Plan
            {
                Refusals = [Refusal.NotLearned($"the size of {storage.Path}", snapshot.Self, device.Size.Why ?? "it has none")],
            };
        var make = new MakeFilesystem(
            storage.Path,
            size,
            IsBlank(device),
            signatures,
            Filesystem(storage.Type),
            cluster,
            Slots(snapshot),
            Label
        )
        {
            Force = storage.ForceFormat,
        };
        string lost = signatures.Length > 0 ? string.Join(", ", signatures) : "data";
        string destroy = signatures.Length > 0 || !IsBlank(device) ? $"DESTROY the {lost} on {storage.Path} and " : "";
        string title = $"{destroy}make the filesystem on {snapshot.Self}: {string.Join(' ', make.Command.Select(ShellWord.Quote))}";
        return Unused(storage, snapshot, make) + Plan.Of(new Change.OnNode(snapshot.Self, title, make, Limit) { Leaves = [storage.Path] });
    }

    // A volume that was made by hand is known by setup once it bears setup's name.
    private static Advice Labelled(Storage.Device storage, string cluster)
    {
        Advice command = storage.Type switch
        {
            VolumeType.Ocfs2 => Advice.Of($"tunefs.ocfs2 -L {Label} {storage.Path}, which needs DLM to run"),
            VolumeType.Gfs2 => Advice.Of($"tunegfs2 -o locktable={cluster}:{Label} {storage.Path}"),
        };
        return Advice.Of(
            $"if it is this cluster's own volume, give it the label by which setup knows it ({command}; or configure a Filesystem "
                + $"resource that names it), then run this again; or name another device; or, if what lies on it may be destroyed, "
                + $"add --force-format {storage.Path}"
        );
    }

    // Between the plan and the admin's word hours may lie. The node that makes it looks itself.
    private static Plan Unused(Storage.Device storage, Snapshot snapshot, MakeFilesystem make) =>
        Plan.All(
            snapshot
                .Reached.Where(node => node.Name != snapshot.Self)
                .Select(node =>
                    Plan.Of(
                        new Change.OnNode(
                            node.Name,
                            $"see that {storage.Path} is still unused on {node.Name}",
                            new SeeDevice(make),
                            LookLimit
                        )
                    )
                )
        );

    private static IEnumerable<Refusal> NotLookedAt(Storage.Device storage, string node, DeviceFact device)
    {
        string path = storage.Path;
        if (device.Signatures.IsNotLearned(out string? why))
            yield return Refusal.NotLearned($"what lies on {path}", node, why);
        else if (!storage.ForceFormat && device.Blank.IsNotLearned(out why))
            yield return Refusal.NotLearned($"whether {path} is empty", node, why);
        if (device.UsedBy.IsNotLearned(out why))
            yield return Refusal.NotLearned($"what uses {path}", node, why);
    }

    private static bool IsBlank(DeviceFact device) => device.Blank is { State: FactState.Known, Value: true };

    private static bool Mountable(ClusterFilesystemFact found, string cluster) =>
        found.ClusterName == cluster && found.Stack is "pcmk" or "lock_dlm";

    /// <summary>Room for a few nodes more: each needs a slot (OCFS2) or a journal (GFS2) of its own.</summary>
    private static int Slots(Snapshot snapshot) => Math.Max(4, snapshot.Nodes.Count + 2);

    private static ClusterFilesystem Filesystem(VolumeType type) =>
        type switch
        {
            VolumeType.Ocfs2 => ClusterFilesystem.Ocfs2,
            VolumeType.Gfs2 => ClusterFilesystem.Gfs2,
        };

    private static Plan KernelNotes(Storage.Device storage, Snapshot snapshot)
    {
        string type = Name(storage.Type);
        return Plan.All(
            snapshot.Reached.Select(node =>
                (node.KernelFilesystems.GetValueOrDefault(type) ?? Fact.NotAsked<bool>()).Match(
                    has =>
                        has
                            ? new Plan()
                            : Plan.Note(
                                $"the kernel of {node.Name} has no {type} (nor a module for it): the volume cannot be mounted there until "
                                    + "it has"
                            ),
                    () => new Plan(),
                    why => Plan.Note($"whether the kernel of {node.Name} has {type} could not be learned: {why}")
                )
            )
        );
    }

    private static string Name(VolumeType type) =>
        type switch
        {
            VolumeType.Ocfs2 => "ocfs2",
            VolumeType.Gfs2 => "gfs2",
        };
}
