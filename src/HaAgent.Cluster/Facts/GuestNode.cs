using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cluster.Facts;

/// <summary>A guest that is a node of the cluster itself, through pacemaker_remote in it: resources may run in it.</summary>
internal static class GuestNode
{
    /// <summary>The name of the node that the guest is; null when it is none.</summary>
    public static string? Of(Primitive guest) => guest.MetaValue("remote-node");

    /// <summary>Refuses while resources run in the guest: to the cluster they end when it loses sight of the guest, and it starts them
    /// elsewhere.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="status">What the cluster says.</param>
    /// <param name="why">What would become of them, as the end of a sentence.</param>
    public static IEnumerable<Refusal> Busy(Primitive guest, ClusterStatus status, string why)
    {
        if (Of(guest) is not { } node)
            yield break;
        string[] inside =
        [
            .. status
                .Resources.Where(resource => resource.Active && resource.Nodes.Contains(node))
                .Select(resource => resource.Id)
                .Distinct(),
        ];
        if (inside.Length > 0)
            yield return new Refusal(
                $"{guest.Id} is the guest node {node}, and {string.Join(", ", inside)} {(inside.Length == 1 ? "runs" : "run")} in it: "
                    + why,
                $"move or stop what runs there first (crm node standby {node}), then run this again"
            );
    }
}
