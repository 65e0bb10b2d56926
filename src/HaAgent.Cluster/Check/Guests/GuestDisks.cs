using HaAgent.Core.Guest;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>Each disk has one name, because its lease is named after the path; and what lockd does not lock is said.</summary>
internal static class GuestDisks
{
    private const string Name = "guest disks";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        (string[] Guests, Finding Finding)[] shared = [.. Shared(scope)];
        return [.. shared.Select(s => s.Finding), .. scope.Guests.Where(g => g.Xml is not null && !shared.Any(s => s.Guests.Contains(g.Name))).Select(Alone)];
    }

    /// <summary>What concerns one guest, among all of them.</summary>
    internal static IEnumerable<Finding> Of(CheckScope scope, GuestFacts guest) =>
        [.. Shared(scope).Where(s => s.Guests.Contains(guest.Name)).Select(s => s.Finding), Alone(guest)];

    private static Finding Alone(GuestFacts guest)
    {
        string[] open = [.. guest.Xml!.Disks.Where(d => !d.IsLockable && !d.ReadOnly && d.Device is "disk" or "lun").Select(d => $"{d.Target} ({d.Type})")];
        if (open.Length > 0)
            return new Finding(Name, Severity.Warning, $"{guest.Name}: lockd does not lock {string.Join(", ", open)}: only the cluster keeps it from running twice", "use a block device or a file on shared storage, or rely on fencing alone");
        return guest.Xml.Disks.Any(d => d.IsLockable)
            ? new Finding(Name, Severity.Ok, $"{guest.Name}: its writable disks are locked, each under one name", null)
            : new Finding(Name, Severity.Warning, $"{guest.Name}: it has no disk that lockd could lock: only the cluster keeps it from running twice", "give it a disk on a block device or a file on shared storage, or rely on fencing alone");
    }

    private static IEnumerable<(GuestFacts Guest, Disk Disk)> Lockable(CheckScope scope) =>
        scope.Guests.Where(g => g.Xml is not null).SelectMany(g => g.Xml!.Disks.Where(d => d.IsLockable).Select(d => (g, d)));

    private static IEnumerable<(string[] Guests, Finding Finding)> Shared(CheckScope scope) => [.. TwoNames(scope), .. TwoGuests(scope)];

    private static IEnumerable<(string[] Guests, Finding Finding)> TwoNames(CheckScope scope)
    {
        // The names lead to the same device on each node alike, or the paths' own check says so: one node is enough.
        if (scope.Snapshot.Reached.FirstOrDefault() is not { } node)
            yield break;
        foreach (var disk in Lockable(scope).GroupBy(use => node.Path(use.Disk.Source!).Value?.RealPath ?? "").Where(g => g.Key.Length > 0 && g.Select(use => use.Disk.Source).Distinct().Count() > 1))
        {
            yield return (Names(disk), new Finding(Name, Severity.Error,
                $"one disk goes by several names ({string.Join(", ", disk.Select(use => $"{use.Disk.Source} in {use.Guest.Name}").Distinct())}): each name has a lease of its own, so the lock does not hold",
                "use the same name in every XML"));
        }
    }

    private static IEnumerable<(string[] Guests, Finding Finding)> TwoGuests(CheckScope scope) => Lockable(scope)
        .Where(use => !use.Disk.Shareable).GroupBy(use => use.Disk.Source).Where(g => Names(g).Length > 1)
        .Select(disk => (Names(disk), new Finding(Name, Severity.Error, $"{string.Join(" and ", Names(disk))} both write to {disk.Key}: only one of them can run", "give each guest a disk of its own, or mark it <shareable/>")));

    private static string[] Names(IEnumerable<(GuestFacts Guest, Disk Disk)> uses) => [.. uses.Select(use => use.Guest.Name).Distinct()];
}
