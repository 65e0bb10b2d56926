using HaAgent.Cluster.Adopt;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Remove;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Nobody has told the cluster to leave its hands off, or has forgotten to take that back: haagent neither.</summary>
internal static class Management
{
    private const string Name = "management";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Cib cib = scope.Snapshot.Cib;
        Primitive[] guests = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        return Finding.FaultsOr(
            [.. OfCluster(cib), .. guests.SelectMany(guest => OfGuest(cib, guest)), .. OfStorage(scope, cib), .. Moved(cib, guests)],
            Name,
            () => "the cluster manages its guests and their lock storage"
        );
    }

    /// <summary>What holds for the cluster as a whole: no guest that is handed to it would be started.</summary>
    public static IEnumerable<Finding> OfCluster(Cib cib)
    {
        foreach (Finding finding in StandingStill(cib))
            yield return finding;
        if (ClusterBoolean.IsTrue(cib.Property("stop-all-resources")))
            yield return Error(
                "stop-all-resources is set: the cluster keeps everything stopped",
                $"crm configure property stop-all-resources=false"
            );
        foreach (Finding finding in ByDefault(cib))
            yield return finding;
        if (Default(cib, "target-role", "Stopped", "start") is { } stopped)
            yield return stopped;
    }

    private static IEnumerable<Finding> StandingStill(Cib cib)
    {
        const string StandsStill = "the whole cluster is in maintenance mode: it neither watches a resource nor starts one";
        bool resting = ClusterBoolean.IsTrue(cib.Property("maintenance-mode"));
        if (cib.Property(RemovePlanner.Mark) is not null)
        {
            string[] left = [.. RemovePlanner.Unfinished(cib)];
            string stopped =
                left.Length == 0
                    ? ", and nothing of it is left to finish"
                    : $", and the cluster would stop {string.Join(", ", left)} if it moved now";
            yield return Error(
                $"{(resting ? StandsStill + "; " : "")}'haagent remove --keep-running' was interrupted{stopped}",
                left.Length == 0 ? RemovePlanner.Ending(cib) : $"haagent remove --keep-running {left} finishes it"
            );
        }
        else if (cib.Property(AdoptPlanner.Mark) is not null)
        {
            yield return Error(
                $"{(resting ? StandsStill + "; " : "")}'haagent adopt' was interrupted"
                    + (AdoptPlanner.Unfinished(cib).Count == 0 ? ", and nothing of it is left to finish" : ""),
                AdoptPlanner.Finishing(cib)
            );
        }
        else if (resting)
        {
            yield return Error(StandsStill, $"crm maintenance off");
        }
    }

    // What no resource is spared that does not say otherwise.
    private static IEnumerable<Finding> ByDefault(Cib cib)
    {
        if (ClusterBoolean.IsFalse(cib.Property("is-managed-default")))
        {
            yield return Error(
                "is-managed-default=false: the cluster leaves every resource alone that does not say otherwise",
                $"crm configure property is-managed-default=true"
            );
        }

        if (Default(cib, "is-managed", "false", "manage") is { } unmanaged)
            yield return unmanaged;
        if (Default(cib, "maintenance", "true", "watch") is { } unwatched)
            yield return unwatched;
    }

    private static Finding? Default(Cib cib, string name, string value, string without) =>
        Means(cib.ResourceDefault(name), value)
            ? Error(
                $"{name}={value} is the default of all resources: the cluster does not {without} those that do not say otherwise",
                $"crm configure edit rsc-options, and take {name} out"
            )
            : null;

    /// <summary>Why the cluster would neither stop a guest nor start it; null where nothing in the configuration says so.</summary>
    public static Finding? Unmanaged(Cib cib, Primitive guest) =>
        StandingStill(cib).Concat(OfGuest(cib, guest)).Concat(ByDefault(cib)).FirstOrDefault(finding => finding.Severity == Severity.Error);

    private static IEnumerable<Finding> OfGuest(Cib cib, Primitive guest)
    {
        if (guest.MetaValue(AdoptPlanner.Mark) is not null)
        {
            yield return Error(
                $"{guest.Id} is left alone by the cluster: 'haagent adopt' was interrupted",
                guest.Agent == AgentName.Theirs ? Advice.Of($"haagent adopt --revert {guest.Id}") : $"haagent adopt {guest.Id}"
            );
            yield break;
        }

        foreach (string name in Chain(cib, guest.Id))
        {
            if (Means(cib.Meta(name, "maintenance"), "true"))
                yield return Error($"{name} is in maintenance: the cluster does not see when {guest.Id} dies", OutOfMaintenance(name));
            else if (Means(cib.Meta(name, "is-managed"), "false"))
                yield return Error($"{name} is not managed: the cluster does not start {guest.Id} when it dies", Managed(name));
            if (Means(cib.Meta(name, "target-role"), "Stopped"))
                yield return Warning($"{name} is told to be stopped (target-role=Stopped)", $"crm resource start {name}");
        }
    }

    private static IEnumerable<Finding> OfStorage(CheckScope scope, Cib cib)
    {
        if (scope.Storage is not { } storage)
            yield break;
        foreach (string name in storage.Members.SelectMany(member => Chain(cib, member.Id)).Distinct())
        {
            if (Means(cib.Meta(name, "maintenance"), "true"))
                yield return Error($"{name} of the lock storage is in maintenance", OutOfMaintenance(name));
            else if (Means(cib.Meta(name, "is-managed"), "false"))
                yield return Error($"{name} of the lock storage is not managed", Managed(name));
            if (Means(cib.Meta(name, "target-role"), "Stopped"))
            {
                yield return Error(
                    $"{name} of the lock storage is told to be stopped (target-role=Stopped): no guest can start",
                    $"crm resource start {name}"
                );
            }
        }
    }

    // crm resource move and ban, and a haagent verify that was killed together with its node, leave one that was meant for a while.
    private static IEnumerable<Finding> Moved(Cib cib, Primitive[] guests) =>
        Placement
            .All(cib)
            .Where(p => p.IsLeftByMove && guests.Any(guest => guest.Id == p.Resource))
            .Select(p => Warning($"{p.Id} still says where {p.Resource} is to be{Where(p)}", $"crm resource clear {p.Resource}"));

    private static string Where(Placement placement) =>
        placement switch
        {
            { Node: null } => "",
            { IsBan: true } => $": not on {placement.Node}",
            _ => $": on {placement.Node}",
        };

    // What is said of a group or clone holds for its members.
    private static IEnumerable<string> Chain(Cib cib, string id)
    {
        for (string? name = id; name is not null; name = cib.ParentOf(name))
            yield return name;
    }

    private static bool Means(string? text, string value) =>
        value switch
        {
            "true" => ClusterBoolean.IsTrue(text),
            "false" => ClusterBoolean.IsFalse(text),
            _ => string.Equals(text, value, StringComparison.OrdinalIgnoreCase),
        };

    private static Advice OutOfMaintenance(string name) => $"crm resource maintenance {name} off";

    private static Advice Managed(string name) => $"crm resource manage {name}";

    private static Finding Warning(string sentence, Advice mend) => new(Name, Severity.Warning, sentence, mend);

    private static Finding Error(string sentence, Advice mend) => new(Name, Severity.Error, sentence, mend);
}
