namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>These tests share one lab, and the machine has two cores: one after the other, and after all others.</summary>
[CollectionDefinition(nameof(GuestCollection), DisableParallelization = true)]
public sealed class GuestCollection : ICollectionFixture<GuestCluster>;
