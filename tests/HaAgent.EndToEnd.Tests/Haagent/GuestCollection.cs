namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>These tests share one lab: one after the other.</summary>
[CollectionDefinition(nameof(GuestCollection))]
public sealed class GuestCollection : ICollectionFixture<GuestCluster>;
