using HaAgent.EndToEnd.Tests;
using HaAgent.EndToEnd.Tests.Cluster;
using HaAgent.EndToEnd.Tests.Haagent;
using HaAgent.EndToEnd.Tests.Node;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace HaAgent.EndToEnd.Tests;

/// <summary>The tests that share a cluster are a long chain, and some wait long by themselves: begun last, they would be waited for alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        nameof(GuestCollection), nameof(SetUpCluster), nameof(GuestsComeAndGo), nameof(GuideCluster), nameof(FromBareClusterTests), nameof(StandstillTests), nameof(SharedDeviceTests),
        nameof(BadInputTests), nameof(UnfinishedMigrationTests), nameof(InterruptedTests), nameof(AdoptTests), nameof(MigrationTests),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Place(collection.TestCollectionDisplayName)).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    // A class without a collection of its own has one that is named after it.
    private static int Place(string collection)
    {
        int place = Array.FindIndex(Long, name => collection == name || collection.Contains($".{name} ", StringComparison.Ordinal));
        return place < 0 ? Long.Length : place;
    }
}
