using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Status;

/// <summary>A clone that guests depend on: the lock storage.</summary>
/// <param name="Name">The clone's name.</param>
/// <param name="Members">The primitives that each of its instances consists of.</param>
public sealed record LockClone(string Name, IReadOnlyList<string> Members)
{
    /// <summary>The clones that a constraint ties guests to; of one guest, or of all.</summary>
    public static IEnumerable<LockClone> All(Cib cib, string? guest = null)
    {
        ArgumentNullException.ThrowIfNull(cib);
        string[] guests = guest is null ? [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => p.Id)] : [guest];
        string[] named = [.. cib.Constraints.Where(c => c.Resources.Intersect(guests).Any()).SelectMany(c => c.Resources).Distinct()];
        foreach (Clone clone in cib.Clones.Where(c => named.Contains(c.Id) || named.Contains(c.Child)))
            yield return new LockClone(clone.Id, cib.Group(clone.Child)?.Members ?? [clone.Child]);
    }

    /// <summary>The members that do not run on a node.</summary>
    public IReadOnlyList<string> MissingOn(string node, ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return [.. Members.Where(member => !status.Where(member).Contains(node))];
    }
}
