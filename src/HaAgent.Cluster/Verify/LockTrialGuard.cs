using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Status;
using HaAgent.Core.Locking;

namespace HaAgent.Cluster.Verify;

/// <summary>Whether the lock test may be tried: only where a second copy is expected to be refused. A test must not be what corrupts a disk.</summary>
public static class LockTrialGuard
{
    /// <summary>Why it must not be tried; null when it may.</summary>
    /// <param name="guest">The running guest.</param>
    /// <param name="home">Where it runs.</param>
    /// <param name="other">Where the copy is to be tried.</param>
    public static string? Objection(WatchedGuest guest, NodeFacts home, NodeFacts other)
    {
        ArgumentNullException.ThrowIfNull(guest);
        ArgumentNullException.ThrowIfNull(home);
        ArgumentNullException.ThrowIfNull(other);
        foreach (NodeFacts node in new[] { home, other })
        {
            if (node.Unreachable is not null)
                return $"{node.Name} cannot be asked how it locks disks ({node.Unreachable})";
            if (LeaseSight.Setup(node).IsNotLearned(out string? why))
                return $"how {node.Name} locks disks could not be learned: {why}";
            if (LeaseSight.Setup(node) is not { Value.IsLockd: true })
                return $"{node.Name} has no lock_manager = \"lockd\" in /etc/libvirt/qemu.conf, so a second copy could start and destroy the disk; run haagent check";
        }

        LockSetup here = LeaseSight.Setup(home).Value!;
        LockSetup there = LeaseSight.Setup(other).Value!;
        if (here.FileLockspaceDir != there.FileLockspaceDir)
            return $"{home.Name} keeps its locks in {here.FileLockspaceDir ?? "the disks themselves"}, {other.Name} in {there.FileLockspaceDir ?? "the disks themselves"}: they do not see each other's; run haagent check";
        if (!there.AutoDiskLeases || !here.AutoDiskLeases)
            return "auto_disk_leases is off, so virtlockd locks no disk by itself; run haagent check";
        return guest.Lease switch
        {
            LeaseSight.Held held when held.Nodes.Contains(home.Name) => null,
            LeaseSight.Held held => $"the locks of {guest.Id} are held on {string.Join(", ", held.Nodes)}, not on {home.Name}, where it runs",
            LeaseSight.Free free => $"nobody holds the lock of its disk {free.Disk}, so a second copy could start and destroy it",
            LeaseSight.NotLocked not => $"virtlockd does not lock it: {not.Why}",
            LeaseSight.Unknown unknown => $"whether its locks are held cannot be seen: {unknown.Why}",
            _ => throw new InvalidOperationException(),
        };
    }
}
