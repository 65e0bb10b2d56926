using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Tests.Scenarios;

/// <summary>The guests of a scenario: the cluster's, from the files the nodes have, and the domains named besides.</summary>
internal static class GuestScenario
{
    public static CheckScope Scope(Snapshot snapshot, IReadOnlyList<string> devices, IReadOnlyList<string> candidates)
    {
        GuestFacts[] resources = [.. snapshot.Cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => GuestFacts.Read(p.Id, p, Config(snapshot, p)))];
        GuestFacts[] others = [.. candidates.Where(name => resources.All(g => g.Name != name))
            .Select(name => GuestFacts.Read(name, null, snapshot.Reached.Select(n => n.Domain(name)?.Xml).FirstOrDefault(x => x is not null)))];
        return new CheckScope(snapshot, "cl-virt-lock", devices, [.. resources, .. others]);
    }

    private static string? Config(Snapshot snapshot, Primitive guest) =>
        snapshot.Reached.Select(n => n.File(guest.Parameter("config")!).Text).FirstOrDefault(t => t is not null);
}
