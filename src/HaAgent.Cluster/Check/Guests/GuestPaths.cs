using System.Xml.Linq;
using HaAgent.Cluster.Facts;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>Guide 18.5: storage is on shared devices, and the XML names nothing that is on one node only.</summary>
internal static class GuestPaths
{
    private const string Name = "guest paths";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        return scope
            .Guests.Where(g => g.Xml is not null)
            .SelectMany(guest =>
                Finding.FaultsOr(
                    [.. guest.Paths.SelectMany(path => Look(scope, guest, path))],
                    Name,
                    () => $"{guest.Name}: every path in its XML leads to the same thing on every node"
                )
            );
    }

    private static IEnumerable<Finding> Look(CheckScope scope, GuestFacts guest, MentionedPath mentioned)
    {
        NodeFacts[] nodes = [.. scope.Snapshot.Reached.Where(n => scope.Snapshot.Status.TakesResources(n.Name))];
        string[] without = [.. nodes.Where(n => n.Path(mentioned.Path).State == FactState.Absent).Select(n => n.Name)];
        string what = $"{guest.Name}: {mentioned.Path} ({mentioned.Where})";
        foreach (
            Finding unknown in nodes
                .Select(n =>
                    Finding.Unless(Name, $"what {what} is", n, n.Path(mentioned.Path))
                    ?? Finding.Unless(Name, $"where {what} lies", n, n.Mounts)
                )
                .OfType<Finding>()
        )
            yield return unknown;
        nodes = [.. nodes.Where(n => n.Path(mentioned.Path).State != FactState.NotLearned && n.Mounts.State == FactState.Known)];
        if (without.Length > 0 && mentioned.Use != PathUse.Nvram)
        {
            yield return new Finding(
                Name,
                Severity.Error,
                $"{what} is missing on {string.Join(", ", without)}",
                mentioned.Use == PathUse.Program
                    ? Advice.Of($"install it on {Prose.List(without)}")
                    : $"move it to shared storage that every node has under this name"
            );
            yield break;
        }

        if (nodes.Any(n => n.Path(mentioned.Path) is { Value.Kind: PathKind.Block }))
        {
            foreach (Finding finding in Device(nodes, what, mentioned))
                yield return finding;
        }
        else if (nodes.Where(n => IsLocal(scope, n, mentioned.Path)).Select(n => n.Name).ToArray() is { Length: > 0 } local)
        {
            string on = string.Join(", ", local);
            switch (mentioned.Use)
            {
                case PathUse.Program:
                    break;
                case PathUse.Storage:
                    yield return new Finding(
                        Name,
                        Severity.Error,
                        $"{what} lies on a local filesystem of {on}: it is another file on each node",
                        $"move it to shared storage"
                    );
                    break;
                case PathUse.Nvram:
                    yield return new Finding(
                        Name,
                        Severity.Warning,
                        $"{what} lies on a local filesystem of {on}: the firmware's settings do not follow the guest",
                        $"move it to shared storage"
                    );
                    break;
                case PathUse.Boot or PathUse.ReadOnlyStorage:
                    yield return new Finding(
                        Name,
                        Severity.Warning,
                        $"{what} is a local copy on {on}: the copies must be kept equal by hand",
                        $"move it to shared storage"
                    );
                    break;
            }
        }
    }

    private static IEnumerable<Finding> Device(NodeFacts[] nodes, string what, MentionedPath mentioned)
    {
        string path = mentioned.Path;
        if (DeviceName.IsUnstable(path))
        {
            string? stable = DeviceName.Preferred(
                nodes.Select(n => n.Path(path).Value?.StableNames ?? []).Aggregate<IEnumerable<string>>((all, next) => all.Intersect(next))
            );
            yield return new Finding(
                Name,
                Severity.Error,
                $"{what} is not a stable name: it may be another disk on another node or after the next boot",
                stable is null ? Advice.Of($"use a name under /dev/disk/by-id that every node has") : $"use {stable} in the XML"
            );
        }

        PathFact[] seen = [.. nodes.Select(n => n.Path(path).Value).OfType<PathFact>()];
        bool kinds = seen.Any(p => p.Kind != PathKind.Block);
        bool identities = seen.Select(p => p.Identity.Value).OfType<string>().Distinct().Count() > 1;
        bool sizes = seen.Select(p => p.Size).Distinct().Count() > 1;
        if (kinds || identities || sizes)
            yield return new Finding(
                Name,
                Severity.Error,
                $"{what} is not the same device on every node",
                $"use a name under /dev/disk/by-id that leads to the shared disk everywhere"
            );
    }

    // A filesystem is shared when its type says so, or when it is the cluster's own volume or the one behind it.
    private static bool IsLocal(CheckScope scope, NodeFacts node, string path)
    {
        string point = node.Path(path).Value?.MountPoint ?? "";
        if (point == scope.Storage?.Mount)
            return false;
        Mount? mount = node.MountAt(point).Value;
        Mount? volume = scope.Storage is { } storage ? node.MountAt(storage.Mount).Value : null;
        bool behind = mount is not null && volume is not null && volume.Source == mount.Source && volume.Type == mount.Type && point != "/";
        return mount is not { IsKnownShared: true } && !behind;
    }
}

/// <summary>What a path in a guest's XML is for.</summary>
public enum PathUse
{
    /// <summary>A program or firmware that comes with a package: a copy on each node is right.</summary>
    Program,

    /// <summary>A kernel or an initrd: read at each start, on whichever node.</summary>
    Boot,

    /// <summary>What the guest reads only.</summary>
    ReadOnlyStorage,

    /// <summary>What the guest writes.</summary>
    Storage,

    /// <summary>The guest's firmware variables: written by the guest, and made anew from a template where they are missing.</summary>
    Nvram,
}

/// <summary>A path that a guest's XML mentions.</summary>
/// <param name="Path">The path.</param>
/// <param name="Use">What it is for.</param>
/// <param name="Where">The element that mentions it.</param>
public sealed record MentionedPath(string Path, PathUse Use, string Where)
{
    // What libvirt or the kernel makes on the node where the guest runs.
    private static readonly string[] Local =
    [
        "metadata",
        "serial",
        "console",
        "parallel",
        "channel",
        "graphics",
        "rng",
        "tpm",
        "audio",
        "vsock",
        "seclabel",
    ];

    /// <summary>Every absolute path in a domain's XML, whatever element mentions it: what is not known to be harmless is looked
    /// at.</summary>
    internal static IReadOnlyList<MentionedPath> In(XElement domain)
    {
        var found = new List<MentionedPath>();
        Walk(domain, found);
        return [.. found.DistinctBy(p => p.Path)];
    }

    private static void Walk(XElement element, List<MentionedPath> found)
    {
        string name = element.Name.LocalName;
        if (Local.Contains(name) || element.Name.Namespace != XNamespace.None)
            return;
        if (!element.HasElements && element.Value.Trim() is ['/', ..] text)
            found.Add(new MentionedPath(text, UseOf(element, null), name));
        foreach (XAttribute attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration && a.Value.StartsWith('/')))
            found.Add(new MentionedPath(attribute.Value, UseOf(element, attribute.Name.LocalName), name));
        foreach (XElement inner in element.Elements())
            Walk(inner, found);
    }

    private static PathUse UseOf(XElement element, string? attribute) =>
        (element.Name.LocalName, attribute) switch
        {
            ("emulator" or "loader", _) or ("nvram", "template") => PathUse.Program,
            ("kernel" or "initrd" or "dtb" or "table", _) => PathUse.Boot,
            ("nvram", _) => PathUse.Nvram,
            _ => element.AncestorsAndSelf().Any(IsReadOnly) ? PathUse.ReadOnlyStorage : PathUse.Storage,
        };

    // A backing file is read only, whatever the disk above it is.
    private static bool IsReadOnly(XElement element) =>
        element.Name.LocalName == "backingStore"
        || element.Element("readonly") is not null
        || (string?)element.Attribute("device") is "cdrom";
}

/// <summary>Each disk has one name, because its lease is named after the path; and what lockd does not lock is said.</summary>
internal static class GuestDisks
{
    private const string Name = "guest disks";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        (string[] Guests, Finding Finding)[] shared = [.. Shared(scope)];
        return
        [
            .. shared.Select(s => s.Finding),
            .. scope.Guests.Where(g => g.Xml is not null && !shared.Any(s => s.Guests.Contains(g.Name))).Select(Alone),
        ];
    }

    /// <summary>What concerns one guest, among all of them.</summary>
    internal static IEnumerable<Finding> Of(CheckScope scope, GuestFacts guest) =>
        [.. Shared(scope).Where(s => s.Guests.Contains(guest.Name)).Select(s => s.Finding), Alone(guest)];

    private static Finding Alone(GuestFacts guest)
    {
        string[] open =
        [
            .. guest
                .Xml!.Disks.Where(d => !d.IsLockable && !d.ReadOnly && d.Device is "disk" or "lun")
                .Select(d => $"{d.Target} ({d.Type})"),
        ];
        if (open.Length > 0)
            return new Finding(
                Name,
                Severity.Warning,
                $"{guest.Name}: lockd does not lock {string.Join(", ", open)}: only the cluster keeps it from running twice",
                $"use a block device or a file on shared storage, or rely on fencing alone"
            );
        return guest.Xml.Disks.Any(d => d.IsLockable)
            ? new Finding(Name, Severity.Ok, $"{guest.Name}: its writable disks are locked, each under one name", null)
            : new Finding(
                Name,
                Severity.Warning,
                $"{guest.Name}: it has no disk that lockd could lock: only the cluster keeps it from running twice",
                $"give it a disk on a block device or a file on shared storage, or rely on fencing alone"
            );
    }

    private static IEnumerable<(GuestFacts Guest, Disk Disk)> Lockable(CheckScope scope) =>
        scope.Guests.Where(g => g.Xml is not null).SelectMany(g => g.Xml!.Disks.Where(d => d.IsLockable).Select(d => (g, d)));

    private static IEnumerable<(string[] Guests, Finding Finding)> Shared(CheckScope scope) => [.. TwoNames(scope), .. TwoGuests(scope)];

    private static IEnumerable<(string[] Guests, Finding Finding)> TwoNames(CheckScope scope)
    {
        // The names lead to the same device on each node alike, or the paths' own check says so: one node is enough.
        if (scope.Snapshot.Reached.FirstOrDefault() is not { } node)
            yield break;
        foreach (
            var disk in Lockable(scope)
                .GroupBy(use => node.Path(use.Disk.Source!).Value?.RealPath ?? "")
                .Where(g => g.Key.Length > 0 && g.Select(use => use.Disk.Source).Distinct().Count() > 1)
        )
        {
            yield return (
                Names(disk),
                new Finding(
                    Name,
                    Severity.Error,
                    "one disk goes by several names "
                        + $"({string.Join(", ", disk.Select(use => $"{use.Disk.Source} in {use.Guest.Name}").Distinct())}): each name has "
                        + "a lease of its own, so the lock does not hold",
                    $"use the same name in every XML"
                )
            );
        }
    }

    private static IEnumerable<(string[] Guests, Finding Finding)> TwoGuests(CheckScope scope) =>
        Lockable(scope)
            .Where(use => !use.Disk.Shareable)
            .GroupBy(use => use.Disk.Source)
            .Where(g => Names(g).Length > 1)
            .Select(disk =>
                (
                    Names(disk),
                    new Finding(
                        Name,
                        Severity.Error,
                        $"{string.Join(" and ", Names(disk))} both write to {disk.Key}: only one of them can run",
                        $"give each guest a disk of its own, or mark it <shareable/>"
                    )
                )
            );

    private static string[] Names(IEnumerable<(GuestFacts Guest, Disk Disk)> uses) => [.. uses.Select(use => use.Guest.Name).Distinct()];
}
