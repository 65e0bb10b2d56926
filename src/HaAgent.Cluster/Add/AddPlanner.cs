using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Setup.Steps;

namespace HaAgent.Cluster.Add;

/// <summary>Guide 18.5: what is missing until guests are resources of the cluster. An empty plan means: they are.</summary>
public static class AddPlanner
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    /// <summary>The plan; without I/O.</summary>
    /// <param name="intent">What the admin wants.</param>
    /// <param name="scope">What was seen; its guests are the cluster's and those to add.</param>
    /// <param name="names">The guests to add, by their names in the scope.</param>
    public static Plan Plan(AddIntent intent, CheckScope scope, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(names);
        Plan ready = ClusterReady.Plan(scope.Snapshot);
        if (ready.Refusals.Count > 0)
            return ready;
        if (LockStorage.Find(scope.Snapshot.Cib, intent.GroupClone) is not { } storage)
            return Planning.Plan.Refuse($"the cluster has no lock storage ({intent.GroupClone})", "haagent setup --device DEVICE (or --existing-mount DIRECTORY), then run this again");
        if (!scope.Snapshot.Status.Where(storage.Filesystem.Id).Contains(scope.Snapshot.Self))
            return Planning.Plan.Refuse($"{storage.Filesystem.Id} is not mounted on this node ({scope.Snapshot.Self}), where the XML would be written", $"crm resource cleanup {storage.GroupClone.Id}, or run this on a node where it is mounted");

        GuestFacts[] guests = [.. names.Select(name => scope.Guests.First(g => g.Name == name))];
        Plan judged = Planning.Plan.All(guests.Select(guest => GuestReady.Plan(intent, scope, guest))) + References(intent, scope.Snapshot.Cib, names);
        if (judged.Refusals.Count > 0)
            return judged;
        return judged
            + Planning.Plan.All(guests.Select(guest => GuestHandedOver.Plan(scope.Snapshot, storage, guest)))
            + GuestResources.Plan(intent, scope.Snapshot.Cib, storage, guests)
            + GuestWishes.Notes(intent, scope.Snapshot.Cib)
            + Planning.Plan.All(guests.Select(guest => Started(scope.Snapshot, guest)));
    }

    /// <summary>Every guest that is not in the cluster yet; with refusals when a node could not say which it has.</summary>
    /// <param name="scope">What was seen.</param>
    /// <param name="names">Their names in the scope.</param>
    public static Plan Everything(CheckScope scope, out IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(scope);
        names = [.. scope.Guests.Where(g => g.Resource is null).Select(g => g.Name)];
        return Planning.Plan.All(scope.Snapshot.Reached.Select(node => Planning.Plan.From(node.Domains, "which guests there are", node.Name, _ => new Plan())));
    }

    private static Plan References(AddIntent intent, Cib cib, IReadOnlyList<string> names)
    {
        string[] unknown = [.. intent.After.Concat(intent.ApartFrom).Where(other => cib.Primitive(other) is null && !names.Contains(other)).Distinct()];
        Plan plan = unknown.Length == 0 ? new Plan()
            : Planning.Plan.Refuse($"the cluster has no resource {string.Join(", ", unknown)}", "name guests that are in the cluster, or are added by the same command");
        return intent.PreferredNode is { } node && !cib.Nodes.Contains(node)
            ? plan + Planning.Plan.Refuse($"the cluster has no node {node}", $"its nodes are {string.Join(", ", cib.Nodes)}")
            : plan;
    }

    private static Plan Started(Snapshot snapshot, GuestFacts guest)
    {
        bool asked = guest.Resource is not { IsToldToStop: true };
        return asked && !snapshot.Status.Where(guest.Name).Any()
            ? Planning.Plan.Of(new Change.Await($"wait until {guest.Name} runs", guest.Name, new Goal.Somewhere(), StartLimit))
            : new Plan();
    }
}
