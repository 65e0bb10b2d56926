using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>Guide 18.5: storage is on shared devices, and the XML names nothing that is on one node only.</summary>
internal static class GuestPaths
{
    private const string Name = "guest paths";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        foreach (GuestFacts guest in scope.Guests.Where(g => g.Xml is not null))
        {
            Finding[] problems = [.. guest.Paths.SelectMany(path => Look(scope, guest, path))];
            foreach (Finding problem in problems)
                yield return problem;
            if (problems.Length == 0)
                yield return new Finding(Name, Severity.Ok, $"{guest.Name}: every path in its XML leads to the same thing on every node", null);
        }
    }

    private static IEnumerable<Finding> Look(CheckScope scope, GuestFacts guest, MentionedPath mentioned)
    {
        NodeFacts[] nodes = [.. scope.Snapshot.Reached.Where(n => scope.Snapshot.Status.TakesResources(n.Name))];
        string[] without = [.. nodes.Where(n => n.Path(mentioned.Path).State == FactState.Absent).Select(n => n.Name)];
        string what = $"{guest.Name}: {mentioned.Path} ({mentioned.Where})";
        foreach (Finding unknown in nodes.Select(n => Finding.Unless(Name, $"what {what} is", n, n.Path(mentioned.Path)) ?? Finding.Unless(Name, $"where {what} lies", n, n.Mounts)).OfType<Finding>())
            yield return unknown;
        nodes = [.. nodes.Where(n => n.Path(mentioned.Path).State != FactState.NotLearned && n.Mounts.State == FactState.Known)];
        if (without.Length > 0 && mentioned.Use != PathUse.Nvram)
        {
            yield return new Finding(Name, Severity.Error, $"{what} is missing on {string.Join(", ", without)}", mentioned.Use == PathUse.Program
                ? $"install it on {string.Join(", ", without)}" : "move it to shared storage that every node has under this name");
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
                    yield return new Finding(Name, Severity.Error, $"{what} lies on a local filesystem of {on}: it is another file on each node", "move it to shared storage");
                    break;
                case PathUse.Nvram:
                    yield return new Finding(Name, Severity.Warning, $"{what} lies on a local filesystem of {on}: the firmware's settings do not follow the guest", "move it to shared storage");
                    break;
                case PathUse.Boot or PathUse.ReadOnlyStorage:
                    yield return new Finding(Name, Severity.Warning, $"{what} is a local copy on {on}: the copies must be kept equal by hand", "move it to shared storage");
                    break;
            }
        }
    }

    private static IEnumerable<Finding> Device(NodeFacts[] nodes, string what, MentionedPath mentioned)
    {
        string path = mentioned.Path;
        if (DeviceName.IsUnstable(path))
        {
            string? stable = DeviceName.Preferred(nodes.Select(n => n.Path(path).Value?.StableNames ?? []).Aggregate<IEnumerable<string>>((all, next) => all.Intersect(next)));
            yield return new Finding(Name, Severity.Error, $"{what} is not a stable name: it may be another disk on another node or after the next boot",
                stable is null ? "use a name under /dev/disk/by-id that every node has" : $"use {stable} in the XML");
        }

        PathFact[] seen = [.. nodes.Select(n => n.Path(path).Value).OfType<PathFact>()];
        bool kinds = seen.Any(p => p.Kind != PathKind.Block);
        bool identities = seen.Select(p => p.Identity.Value).OfType<string>().Distinct().Count() > 1;
        bool sizes = seen.Select(p => p.Size).Distinct().Count() > 1;
        if (kinds || identities || sizes)
            yield return new Finding(Name, Severity.Error, $"{what} is not the same device on every node", "use a name under /dev/disk/by-id that leads to the shared disk everywhere");
    }

    // A filesystem is shared when its type says so, or when it is the cluster's own volume or the one behind it.
    private static bool IsLocal(CheckScope scope, NodeFacts node, string path)
    {
        string point = node.Path(path).Value?.MountPoint ?? "";
        if (point == scope.Storage?.Mount)
            return false;
        MountFact? mount = node.MountAt(point).Value;
        MountFact? volume = scope.Storage is { } storage ? node.MountAt(storage.Mount).Value : null;
        bool behind = mount is not null && volume is not null && volume.Source == mount.Source && volume.Type == mount.Type && point != "/";
        return mount is not { IsKnownShared: true } && !behind;
    }
}
