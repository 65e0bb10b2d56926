using HaAgent.Cluster.Facts;

namespace HaAgent.Cli.Probe;

/// <summary>One thing to ask a node.</summary>
/// <param name="Name">Its name in the protocol: one word.</param>
/// <param name="Script">POSIX shell text that prints the answer.</param>
/// <param name="Read">Puts the answer among the facts.</param>
internal sealed record Question(string Name, string Script, Func<NodeFacts, string, NodeFacts> Read);
