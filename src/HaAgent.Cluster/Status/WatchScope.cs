using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;

namespace HaAgent.Cluster.Status;

/// <summary>Everything that status and explain judge by.</summary>
/// <param name="Snapshot">The configuration, the cluster's status, the nodes' facts.</param>
/// <param name="History">What the cluster remembers.</param>
/// <param name="Guests">The guests under its care.</param>
public sealed record WatchScope(Snapshot Snapshot, ClusterHistory History, IReadOnlyList<WatchedGuest> Guests)
{
    /// <summary>The last migration of a guest that the cluster remembers, with the agent's line about it where a log still has it.</summary>
    public (MigrationRecord Record, MigrationLine? Line)? LastMigration(string guest)
    {
        if (History.LastMigration(guest) is not { } record)
            return null;
        NodeFacts? source = Snapshot.Nodes.FirstOrDefault(n => n.Name == record.From);
        MigrationLine? line = source?.MigrationLines.Value?.Select(MigrationLine.Parse).LastOrDefault(l => l?.Resource == guest);
        return (record, line?.To == record.To ? line : null);
    }
}
