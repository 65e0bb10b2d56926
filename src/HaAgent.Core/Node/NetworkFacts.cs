namespace HaAgent.Core.Node;

/// <summary>A network interface of a node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bridge">Whether it is a bridge.</param>
/// <param name="Addresses">Its addresses, without prefix lengths.</param>
/// <param name="Master">The bridge or bond it is a port of; null when there is none.</param>
public sealed record LinkFact(string Name, bool Bridge, IReadOnlyList<string> Addresses, string? Master = null);

/// <summary>The node's network interfaces.</summary>
public sealed record LinksQuestion : NodeQuestion;

/// <summary>To <see cref="LinksQuestion"/>.</summary>
/// <param name="Links">All of them.</param>
public sealed record LinksAnswer(IReadOnlyList<LinkFact> Links) : NodeAnswer;

/// <summary>The addresses of the cluster's own network, as corosync on the node has them.</summary>
public sealed record RingQuestion : NodeQuestion;

/// <summary>To <see cref="RingQuestion"/>.</summary>
/// <param name="Addresses">Of all nodes; a name is resolved.</param>
public sealed record RingAnswer(IReadOnlyList<string> Addresses) : NodeAnswer;

/// <summary>Whether a node reaches another.</summary>
/// <param name="Reached">haagent there answered.</param>
/// <param name="Words">Its release; or why it did not.</param>
public sealed record PeerFact(bool Reached, string Words);

/// <summary>Whether the node reaches haagent on the others by ssh, as live migrations and a haagent that is run there need it.</summary>
/// <param name="Nodes">The others.</param>
public sealed record PeersQuestion(IReadOnlyList<string> Nodes) : NodeQuestion;

/// <summary>To <see cref="PeersQuestion"/>.</summary>
/// <param name="Nodes">By name.</param>
public sealed record PeersAnswer(IReadOnlyDictionary<string, PeerFact> Nodes) : NodeAnswer;

/// <summary>The node's neighbour table.</summary>
public sealed record NeighboursQuestion : NodeQuestion;

/// <summary>To <see cref="NeighboursQuestion"/>.</summary>
/// <param name="Addresses">IP addresses by hardware address in lower case.</param>
public sealed record NeighboursAnswer(IReadOnlyDictionary<string, string> Addresses) : NodeAnswer;
