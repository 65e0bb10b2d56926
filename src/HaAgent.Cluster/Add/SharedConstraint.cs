using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cluster.Add;

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
        return found.Kind == kind && found.Strength is "INFINITY" or "Mandatory" && sets is [{ Resources: [var first] }, var guests] && first == clone
            && found.Further.Count == 0 && (guests.Resources.Count < 2 || !guests.Sequential)
            ? none with { Guests = guests.Resources }
            : none with { Refusal = Other(id, clone) };
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

    private static Refusal Other(string id, string clone) => new(
        $"{id} in the cluster's configuration is not the constraint between the guests and {clone} that the guide describes",
        $"rename it (crm configure rename {id} NAME) or delete it (crm configure delete {id}), then run this again");
}
