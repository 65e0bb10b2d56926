using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Setup.Steps;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Add;

/// <summary>Guide 18.5: what is missing until guests are resources of the cluster. An empty plan means: they are.</summary>
public static class AddPlanner
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    /// <summary>The plan; without I/O.</summary>
    /// <param name="intent">What the admin wants.</param>
    /// <param name="scope">What was seen; its guests are the cluster's and those to add.</param>
    /// <param name="names">The guests to add, by their names in the scope.</param>
    public static Plan PlanFor(AddIntent intent, CheckScope scope, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(names);
        Plan ready = ClusterReady.PlanFor(scope.Snapshot);
        if (ready.Refusals.Count > 0)
            return ready;
        if (LockStorage.Find(scope.Snapshot.Cib, intent.GroupClone) is not { } storage)
            return Plan.Refuse(
                $"the cluster has no lock storage ({intent.GroupClone})",
                $"haagent setup --device DEVICE (or --existing-mount DIRECTORY), then run this again"
            );
        if (!scope.Snapshot.Status.Where(storage.Filesystem.Id).Contains(scope.Snapshot.Self))
            return Plan.Refuse(
                $"{storage.Filesystem.Id} is not mounted on this node ({scope.Snapshot.Self}), where the XML would be written",
                $"crm resource cleanup {storage.GroupClone.Id}, or run this on a node where it is mounted"
            );

        GuestFacts[] guests = [.. names.Select(name => scope.Guests.First(g => g.Name == name))];
        Plan judged =
            Plan.All(guests.Select(guest => GuestReady.PlanFor(intent, scope, guest)))
            + References(intent, scope.Snapshot.Cib, names)
            + GuestNodeReady.PlanFor(intent, scope.Snapshot, guests);
        if (judged.Refusals.Count > 0)
            return judged;
        return judged
            + Plan.All(guests.Select(guest => GuestConfigurationFile.PlanFor(scope.Snapshot, storage, guest)))
            + Plan.All(guests.Select(guest => GuestHandover.PlanFor(scope.Snapshot, guest)))
            + GuestResources.PlanFor(intent, scope.Snapshot.Cib, storage, guests)
            + GuestOptions.Notes(intent, scope.Snapshot.Cib)
            + Plan.All(guests.Select(guest => Started(scope.Snapshot, guest)));
    }

    /// <summary>Every guest that is not in the cluster yet; with refusals when a node could not say which it has.</summary>
    /// <param name="scope">What was seen.</param>
    /// <param name="names">Their names in the scope.</param>
    public static Plan Everything(CheckScope scope, out IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(scope);
        names = [.. scope.Guests.Where(g => g.Resource is null).Select(g => g.Name)];
        return Plan.All(
            scope.Snapshot.Reached.Select(node => Plan.From(node.Domains, "which guests there are", node.Name, _ => new Plan()))
        );
    }

    private static Plan References(AddIntent intent, Cib cib, IReadOnlyList<string> names)
    {
        string[] unknown =
        [
            .. intent.After.Concat(intent.ApartFrom).Where(other => cib.Primitive(other) is null && !names.Contains(other)).Distinct(),
        ];
        Plan plan =
            unknown.Length == 0
                ? new Plan()
                : Plan.Refuse(
                    $"the cluster has no resource {string.Join(", ", unknown)}",
                    $"name guests that are in the cluster, or are added by the same command"
                );
        return intent.PreferredNode is { } node && !cib.Nodes.Contains(node)
            ? plan + Plan.Refuse($"the cluster has no node {node}", $"its nodes are {Prose.List(cib.Nodes)}")
            : plan;
    }

    private static Plan Started(Snapshot snapshot, GuestFacts guest)
    {
        bool asked = guest.Resource is not { IsToldToStop: true };
        return asked && !snapshot.Status.Where(guest.Name).Any()
            ? Plan.Of(new Change.Await($"wait until {guest.Name} runs", guest.Name, new Goal.Somewhere(), StartLimit))
            : new Plan();
    }
}

/// <summary>What the admin wants of <c>haagent add</c>, for all guests named in one command.</summary>
/// <param name="GroupClone">The name of the clone that carries the lock storage.</param>
public sealed record AddIntent(string GroupClone)
{
    /// <summary>The colocation that all guests share.</summary>
    public string Colocation { get; init; } = "col-fs-virt";

    /// <summary>The order that all guests share.</summary>
    public string Order { get; init; } = "o-fs-virt";

    /// <summary>Whether the guests move live; otherwise they are stopped and started.</summary>
    public bool Migrate { get; init; } = true;

    /// <summary>What a guest uses of a node, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Utilization { get; init; } = [];

    /// <summary>The guests' rank when not all can run; null for the cluster's default.</summary>
    public int? Priority { get; init; }

    /// <summary>The node on which they run when they can; null for none.</summary>
    public string? PreferredNode { get; init; }

    /// <summary>Guests of the cluster that start first, when they start at the same time.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Guests of the cluster with which these share a node only when there is no other.</summary>
    public IReadOnlyList<string> ApartFrom { get; init; } = [];

    /// <summary>The name of the guest node that the guest becomes, through pacemaker_remote; null for none.</summary>
    public string? GuestNode { get; init; }
}
