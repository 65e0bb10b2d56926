using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;

namespace HaAgent.Cluster.Check;

/// <summary>What is looked at.</summary>
/// <param name="Snapshot">What was seen.</param>
/// <param name="GroupClone">The name of the clone that carries the lock storage.</param>
/// <param name="Devices">The shared devices to look at: those the admin named, or those in the cluster's configuration.</param>
/// <param name="Guests">The guests to look at.</param>
public sealed record CheckScope(Snapshot Snapshot, string GroupClone, IReadOnlyList<string> Devices, IReadOnlyList<Guests.GuestFacts> Guests)
{
    /// <summary>The lock storage as it is configured; null when there is none yet.</summary>
    public LockStorage? Storage => LockStorage.Find(Snapshot.Cib, GroupClone);
}
