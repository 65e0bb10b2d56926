using HaAgent.Host.Child;

namespace HaAgent.Host.Node;

/// <summary>What <c>haagent node</c> does on volumes that may stand still: by children, of which there is one at most on each
/// volume.</summary>
internal static class NodeVolume
{
    /// <summary>The volumes of this node.</summary>
    public static Volume Here { get; } = new(new ChildCall("/run", "node"));
}
