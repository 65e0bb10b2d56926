using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Guests;

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
        foreach (Finding unknown in nodes.Select(n => Finding.Unless(Name, $"{guest.Name}: what {path} says", n, n.File(path))).OfType<Finding>())
            yield return unknown;
        NodeFacts[] without = [.. nodes.Where(n => n.File(path).State == FactState.Absent)];
        bool onVolume = scope.Storage is { } storage && path.StartsWith(storage.Mount + "/", StringComparison.Ordinal);
        if (without.Length > 0)
        {
            yield return new Finding(Name, Severity.Error, $"{guest.Name}: {path} is missing on {string.Join(", ", without.Select(n => n.Name))}, so it cannot start there",
                !onVolume ? MovedToVolume(scope, guest) : without.Length < nodes.Length ? $"crm resource cleanup {scope.GroupClone}" : $"virsh dumpxml --inactive --security-info {guest.Name} > {path}, on the node where it runs or is defined");
        }

        if (nodes.Select(n => n.File(path).Value?.Text).OfType<string>().Distinct().Count() > 1)
            yield return new Finding(Name, Severity.Error, $"{guest.Name}: {path} is not the same on every node",
                onVolume ? $"findmnt {scope.Storage!.Mount}, on every node: it must be the same volume" : MovedToVolume(scope, guest));
        if (scope.Storage is not null && !onVolume)
            yield return new Finding(Name, Severity.Warning, $"{guest.Name}: {path} does not lie on the shared volume at {scope.Storage.Mount}, so a change on one node is missing on the others", MovedToVolume(scope, guest));
    }

    // The agent does not take another file at run time: the guest is stopped and started.
    private static string MovedToVolume(CheckScope scope, GuestFacts guest)
    {
        string target = $"{scope.Storage?.Mount ?? SetupIntent.DefaultMount}/{guest.Name}.xml";
        return $"install -m 600 {guest.ConfigPath} {target}; crm resource param {guest.Name} set config {target} (this restarts the guest)";
    }

    private static IEnumerable<Finding> Content(GuestFacts guest)
    {
        if (guest.Xml is null && guest.NotLearned is null)
            yield return new Finding(Name, Severity.Error, $"{guest.Name}: {guest.ConfigPath ?? "its XML"} {guest.Problem}", "virsh dumpxml --inactive --security-info DOMAIN, on the node where it is defined");
    }
}
