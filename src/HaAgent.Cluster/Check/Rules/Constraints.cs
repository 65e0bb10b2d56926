using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.5, steps 6 and 7: guests run where the lock storage runs, and after it.</summary>
internal static class Constraints
{
    private const string Name = "constraints";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        if (scope.Storage is not { } storage)
            yield break;
        Cib cib = scope.Snapshot.Cib;
        string[] guests = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => p.Id)];
        bool good = true;
        foreach (string guest in guests)
        {
            string[] missing = [.. new[] { ConstraintKind.Colocation, ConstraintKind.Order }
                .Where(kind => !cib.Constraints.Any(c => c.Kind == kind && c.Resources.Contains(guest) && c.Resources.Contains(storage.GroupClone.Id)))
                .Select(kind => kind == ConstraintKind.Colocation ? "colocation" : "order")];
            if (missing.Length == 0)
                continue;
            good = false;
            yield return new Finding(Name, Severity.Error, $"{guest} has no {string.Join(" and no ", missing)} with {storage.GroupClone.Id}: it may start without its lock storage", Mending.Add(cib.Primitive(guest)!));
        }

        if (good && guests.Length > 0)
            yield return new Finding(Name, Severity.Ok, $"{string.Join(", ", guests)}: tied to {storage.GroupClone.Id}, and started after it", null);
    }
}
