using HaAgent.Host;

namespace HaAgent.World;

/// <summary>The other nodes of the cluster's partition, for questions to them.</summary>
internal static class ClusterNodes
{
    /// <summary>Their names; empty when there is no cluster.</summary>
    public static string[] Others(string? thisNode, Deadline deadline)
    {
        string self = thisNode ?? Environment.MachineName;
        CommandResult result = Command.Run(deadline, "crm_node", ["--partition"]);
        return result.Succeeded
            ? result.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(node => node != self).ToArray()
            : [];
    }
}
