using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>Which change is made by whom. One at a time on a node, so that a second run finds the first one's work done and not half done.</summary>
internal static class NodeChanges
{
    /// <summary>Makes one change.</summary>
    public static NodeReply Make(NodeChange change, Deadline deadline)
    {
        try
        {
            return change switch
            {
                _ => new RefusedReply($"this haagent does not know the change {change.GetType().Name}"),
            };
        }
#pragma warning disable CA1031 // Whatever it is, it is why the change was not made.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new RefusedReply(e.Message);
        }
    }
}
