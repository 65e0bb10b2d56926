namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>Each class has a cluster of its own, and the machine has two cores: one class after the other.</summary>
[CollectionDefinition(nameof(HaagentCollection))]
public sealed class HaagentCollection;
