using HaAgent.Cluster.Configuration;

namespace HaAgent.Cli.Apply;

/// <summary>How long the cluster gives an operation.</summary>
internal static class OperationTime
{
    /// <summary>Pacemaker's own default.</summary>
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(20);

    /// <summary>The operation's timeout: its own, else the cluster's default, else Pacemaker's.</summary>
    public static TimeSpan Of(Cib cib, string resource, string operation) =>
        ClusterTime.Parse(cib.Primitive(resource)?.FindOperation(operation)?.Timeout) ?? ClusterTime.Parse(cib.OperationDefault("timeout")) ?? Default;
}
