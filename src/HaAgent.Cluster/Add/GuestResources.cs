using System.Globalization;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Ocf;
using Operation = HaAgent.Cluster.Configuration.Operation;

namespace HaAgent.Cluster.Add;

/// <summary>Guide 18.5, steps 5 to 7: the primitives, and the two constraints that all guests share.</summary>
internal static class GuestResources
{
    /// <summary>The meta attribute after which time Pacemaker forgets a failure, and with it that it bans the guest from the
    /// node.</summary>
    public const string FailureTimeout = "failure-timeout";

    /// <summary>
    /// One failed start bans a guest from a node for good (start-failure-is-fatal). Longer than any operation may take, so that no failure
    /// is forgotten while the cluster still deals with it, and so long that what cannot start is tried six times an hour and not all the
    /// time.
    /// </summary>
    public const string FailureTimeoutValue = "10min";

    /// <summary>Where the cluster keeps a guest's XML.</summary>
    public static string ConfigPath(LockStorage storage, GuestFacts guest) =>
        guest.ConfigPath ?? GuestFacts.PathOn(storage.Mount, guest.Name);

    /// <summary>One change of the configuration for all guests.</summary>
    public static Plan PlanFor(AddIntent intent, Cib cib, LockStorage storage, IReadOnlyList<GuestFacts> guests)
    {
        string[] names = [.. guests.Select(g => g.Name)];
        SharedConstraint[] constraints =
        [
            SharedConstraint.Read(cib, intent.Colocation, ConstraintKind.Colocation, storage.GroupClone.Id),
            SharedConstraint.Read(cib, intent.Order, ConstraintKind.Order, storage.GroupClone.Id),
        ];
        Refusal[] refusals = [.. constraints.Select(c => c.Refusal).OfType<Refusal>(), .. GuestOptions.Conflicts(intent, cib, names)];
        if (refusals.Length > 0)
            return new Plan { Refusals = refusals };

        CibDraft draft = cib.Edit();
        bool changed = false;
        foreach (GuestFacts guest in guests)
            changed |= guest.Resource is null ? New(intent, draft, storage, guest) : Complete(intent, cib, draft, guest.Resource);
        foreach (SharedConstraint constraint in constraints)
        {
            string[] missing = [.. names.Except(constraint.Guests)];
            if (missing.Length == 0)
                continue;
            draft.SetConstraint(constraint.With([.. constraint.Guests, .. missing]));
            changed = true;
        }

        changed |= GuestOptions.Constrain(intent, cib, draft, names);
        bool all = guests.All(guest => guest.Resource is not null);
        string title = all
            ? $"complete {string.Join(", ", names)} in the cluster's configuration"
            : $"put {string.Join(", ", names)} into the cluster's configuration";
        return changed ? Plan.Of(new Change.Configure(title, cib, draft.Finish())) : new Plan();
    }

    private static bool New(AddIntent intent, CibDraft draft, LockStorage storage, GuestFacts guest)
    {
        draft.Add(
            new Primitive(guest.Name, AgentName.Ours)
            {
                Parameters =
                [
                    new("config", ConfigPath(storage, guest)),
                    // Without it libvirt looks for a daemon that answers, and finds that there is no URI while none does.
                    new("hypervisor", "qemu:///system"),
                    new("remoteuri", "qemu+ssh://%n/system"),
                    .. GuestOptions.Parameters(intent),
                ],
                Meta =
                [
                    new("allow-migrate", intent.Migrate ? "true" : "false"),
                    new(FailureTimeout, FailureTimeoutValue),
                    .. GuestOptions.Meta(intent),
                ],
                Utilization = intent.Utilization,
                Operations = Operations,
            }
        );
        return true;
    }

    private static bool Complete(AddIntent intent, Cib cib, CibDraft draft, Primitive resource)
    {
        bool tried = resource.MetaValue(FailureTimeout) is not null || cib.ResourceDefault(FailureTimeout) is not null;
        if (!tried)
            draft.SetMeta(resource.Id, FailureTimeout, FailureTimeoutValue);
        Operation[] missing =
        [
            .. Operations.Where(wanted => !resource.Operations.Any(op => op.Name == wanted.Name && Level(op) == Level(wanted))),
        ];
        foreach (Operation operation in missing)
            draft.AddOperation(resource.Id, operation);
        return GuestOptions.Complete(intent, draft, resource) || missing.Length > 0 || !tried;
    }

    // The times that the agent itself asks for; without them Pacemaker gives each operation 20 seconds.
    private static IReadOnlyList<Operation> Operations =>
        [
            new("monitor", [new("timeout", Seconds("monitor", 0)), new("interval", "10s")]),
            new("monitor", [new("timeout", Seconds("monitor", 10)), new("interval", "60s")])
            {
                Parameters = [new("OCF_CHECK_LEVEL", "10")],
            },
            Operation.Once("start", Seconds("start", 0)),
            Operation.Once("stop", Seconds("stop", 0)),
            Operation.Once("migrate_to", Seconds("migrate_to", 0)),
            Operation.Once("migrate_from", Seconds("migrate_from", 0)),
        ];

    private static string Level(Operation operation) =>
        operation.Parameters.Where(p => p.Key == "OCF_CHECK_LEVEL").Select(p => p.Value).FirstOrDefault("0");

    private static string Seconds(string action, int depth) =>
        ActionTable.Rows.First(row => row.Name == action && row.Depth == depth).TimeoutSeconds.ToString(CultureInfo.InvariantCulture) + "s";
}

/// <summary>
/// One of the two constraints that all guests share, as in the guide: <c>colocation col-fs-virt inf: ( VM1 VM2 ) cl-virt-lock</c> and
/// <c>order o-fs-virt Mandatory: cl-virt-lock ( VM1 VM2 )</c>. Also read where it is written for one guest, without sets.
/// </summary>
/// <param name="Id">Its name.</param>
/// <param name="Kind">Colocation or order.</param>
/// <param name="GroupClone">The clone that carries the lock storage.</param>
/// <param name="Guests">The guests in it.</param>
internal sealed record SharedConstraint(string Id, ConstraintKind Kind, string GroupClone, IReadOnlyList<string> Guests)
{
    /// <summary>Why it cannot be extended; null when it can.</summary>
    public Refusal? Refusal { get; private init; }

    /// <summary>Reads it; one that is not there has no guests.</summary>
    public static SharedConstraint Read(Cib cib, string id, ConstraintKind kind, string clone)
    {
        var none = new SharedConstraint(id, kind, clone, []);
        if (cib.Constraint(id) is not { } found)
            return cib.HasId(id) ? none with { Refusal = Other(id, clone) } : none;

        // The clone is the last in a colocation, on which the others depend, and the first in an order.
        ResourceSet[] sets = [.. kind == ConstraintKind.Colocation ? found.Sets.Reverse() : found.Sets];
        return
            found.Kind == kind
            && found.Strength is "INFINITY" or "Mandatory"
            && sets is [{ Resources: [var first] }, var guests]
            && first == clone
            && found.Further.Count == 0
            && (guests.Resources.Count < 2 || !guests.Sequential)
            ? none with
            {
                Guests = guests.Resources,
            }
            : none with
            {
                Refusal = Other(id, clone),
            };
    }

    /// <summary>The same with these guests.</summary>
    public Constraint With(IReadOnlyList<string> guests)
    {
        var storage = new ResourceSet([GroupClone], Sequential: true);
        var all = new ResourceSet(guests, Sequential: false);
        return Kind == ConstraintKind.Colocation
            ? new Constraint(Id, Kind, "INFINITY", [all, storage], WrittenAsSets: true)
            : new Constraint(Id, Kind, "Mandatory", [storage, all], WrittenAsSets: true);
    }

    private static Refusal Other(string id, string clone) =>
        new(
            $"{id} in the cluster's configuration is not the constraint between the guests and {clone} that the guide describes",
            $"rename it (crm configure rename {id} NAME) or delete it (crm configure delete {id}), then run this again"
        );
}
