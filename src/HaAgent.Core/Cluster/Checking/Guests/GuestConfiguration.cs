using HaAgent.Core.Cluster.Facts;

namespace HaAgent.Core.Cluster.Checking.Guests;

/// <summary>The XML of each of the cluster's guests is readable, and the same, on every node.</summary>
internal static class GuestConfiguration
{
    private const string Name = "guest XML";

    public static IEnumerable<Finding> Look(CheckScope scope) => scope.Guests.SelectMany(guest => Look(scope, guest));

    private static IEnumerable<Finding> Look(CheckScope scope, GuestFacts guest)
    {
        if (guest.Resource is not null && guest.ConfigPath is null)
        {
            yield return new Finding(Name, Severity.Error, $"{guest.Name} has no parameter config", $"crm resource param {guest.Name} set config /mnt/shared/{guest.Name}.xml");
            yield break;
        }

        Finding[] problems = [.. guest.ConfigPath is { } path ? Files(scope, guest, path) : [], .. Content(guest)];
        foreach (Finding problem in problems)
            yield return problem;
        if (problems.Length == 0)
            yield return new Finding(Name, Severity.Ok, guest.ConfigPath is null ? $"{guest.Name}: its XML is sound" : $"{guest.Name}: {guest.ConfigPath} is readable and the same on every node", null);
    }

    private static IEnumerable<Finding> Files(CheckScope scope, GuestFacts guest, string path)
    {
        NodeFacts[] nodes = [.. scope.Snapshot.Reached.Where(n => scope.Snapshot.Status.TakesResources(n.Name))];
        NodeFacts[] without = [.. nodes.Where(n => n.File(path).Text is null)];
        if (without.Length > 0)
            yield return new Finding(Name, Severity.Error, $"{guest.Name}: {path} cannot be read on {string.Join(", ", without.Select(n => n.Name))}, so it cannot start there", $"put it on the shared volume: haagent add {guest.Name}");
        if (nodes.Select(n => n.File(path).Text).OfType<string>().Distinct().Count() > 1)
            yield return new Finding(Name, Severity.Error, $"{guest.Name}: {path} is not the same on every node", $"put it on the shared volume: haagent add {guest.Name}");
        if (scope.Storage is { } storage && !path.StartsWith(storage.Mount + "/", StringComparison.Ordinal))
            yield return new Finding(Name, Severity.Warning, $"{guest.Name}: {path} does not lie on the shared volume at {storage.Mount}, so a change on one node is missing on the others", $"haagent add {guest.Name}");
    }

    private static IEnumerable<Finding> Content(GuestFacts guest)
    {
        if (guest.Xml is null)
            yield return new Finding(Name, Severity.Error, $"{guest.Name}: {guest.ConfigPath ?? "its XML"} {guest.Problem}", "virsh dumpxml --inactive --security-info DOMAIN, on the node where it is defined");
    }
}
