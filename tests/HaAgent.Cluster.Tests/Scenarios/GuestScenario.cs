using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Tests.Scenarios;

/// <summary>The guests of a scenario: the cluster's, from the files the nodes have, and the domains named besides.</summary>
internal static class GuestScenario
{
    public static CheckScope Scope(Snapshot snapshot, IReadOnlyList<string> devices, IReadOnlyList<string> candidates) =>
        new(snapshot, "cl-virt-lock", devices, GuestFacts.Of(snapshot, Candidates.Of(candidates)));
}
