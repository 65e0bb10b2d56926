using HaAgent.EndToEnd.Tests;
using HaAgent.EndToEnd.Tests.Haagent;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace HaAgent.EndToEnd.Tests;

/// <summary>The tests of haagent share few labs, so each of their collections is a long chain: begun last, it would be waited for alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [nameof(HaagentCollection), nameof(GuestCollection), nameof(SetUpCluster)];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.IndexOf(Long, collection.TestCollectionDisplayName) < 0).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];
}
