namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>Each class has a cluster of its own, and the machine has two cores: one class after the other, and after all others.</summary>
[CollectionDefinition(nameof(HaagentCollection), DisableParallelization = true)]
public sealed class HaagentCollection;
