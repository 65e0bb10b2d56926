using HaAgent.Host;

namespace HaAgent.World;

/// <summary>The other nodes of the cluster's partition, for questions to them.</summary>
internal static class ClusterNodes
{
    /// <summary>Their names; empty when there is no cluster.</summary>
    public static string[] Others(string? thisNode, TimeSpan within)
    {
        string self = thisNode ?? Environment.MachineName;
        CommandResult result = Command.Run(within, "crm_node", "--partition");
        return result.Succeeded
            ? result.StandardOutput.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(node => node != self).ToArray()
            : [];
    }
}
