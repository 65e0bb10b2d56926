using HaAgent.Core.Guest;

namespace HaAgent.Core.Locking;

/// <summary>Lock truth: whether the leases of a running guest are really held.</summary>
public static class LeaseCheck
{
    /// <summary>The file whose lock protects a disk; null when lockd takes none for it, or one that cannot be named from here.</summary>
    public static string? LeaseFile(Disk disk, LockSetup setup)
    {
        if (!setup.IsLockd || !setup.AutoDiskLeases || !disk.IsLockable)
            return null;
        if (disk.Type == "block" && setup.HasOtherLockspaces)
            return null;
        return setup.FileLockspaceDir is string directory ? $"{directory}/{LeaseName.Of(disk.Source!)}" : disk.Source;
    }

    /// <summary>Asks for every disk.</summary>
    /// <param name="domain">For sentences.</param>
    /// <param name="disks">The running guest's disks.</param>
    /// <param name="setup">How the node is configured.</param>
    /// <param name="ask">Looks at one lease file.</param>
    public static OperationResult Judge(string domain, IReadOnlyList<Disk> disks, LockSetup setup, Func<string, LeaseState> ask)
    {
        string? cannotTell = null;
        foreach (Disk disk in disks)
        {
            if (LeaseFile(disk, setup) is not string file)
            {
                if (IsUnresolved(disk, setup))
                    cannotTell ??= $"Cannot tell whether the lease of {domain}'s disk {disk.Target} is held: the path of volume "
                        + $"{disk.Volume} in pool {disk.Pool} could not be found out";
                continue;
            }

            LeaseState lease = ask(file);
            switch (lease.Holder)
            {
                // Several guests hold the lease of such a disk at once, and this node's table of locks does not name it.
                case LeaseHolder.Elsewhere or LeaseHolder.OtherProcess when disk.Shareable:
                    cannotTell ??= $"Cannot tell whether the lease {file} of {domain}'s shareable disk {disk.Source} is held here: it is "
                        + "held elsewhere, which it may be as well";
                    break;
                case LeaseHolder.ThisNode:
                    break;
                case LeaseHolder.CannotTell:
                    cannotTell ??= $"Cannot tell whether the lease {file} of {domain}'s disk {disk.Source} is held: {lease.Detail}";
                    break;
                case LeaseHolder.Nobody:
                    return Lost(domain, disk, file, "is held by nobody");
                case LeaseHolder.Elsewhere:
                    return Lost(domain, disk, file, "is held by another node");
                case LeaseHolder.OtherProcess:
                    return Lost(domain, disk, file, $"is held by process {lease.Detail}, which is not virtlockd");
            }
        }

        return cannotTell is null ? OperationResult.Done : OperationResult.DoneWith(cannotTell);
    }

    /// <summary>A volume that is writable, and of which only libvirt knows where it lies.</summary>
    private static bool IsUnresolved(Disk disk, LockSetup setup) => setup.IsLockd && setup.AutoDiskLeases
        && disk is { Type: "volume", ReadOnly: false, Source: null };

    private static OperationResult Lost(string domain, Disk disk, string file, string how) => OperationResult.Failed(
        $"{domain} runs without the lock of its disk {disk.Source}: the lease {file} {how}, so a second copy could be started elsewhere. "
        + "virtlockd was most likely killed or restarted. Restart the libvirt daemon, then the resource; the policy is on_lock_lost",
        FailureKind.LeaseLost);
}
