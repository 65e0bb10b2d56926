using System.Globalization;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;

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
        string? cannotEverTell = null;
        foreach (Disk disk in disks)
        {
            if (LeaseFile(disk, setup) is not string file)
            {
                if (WhyUnnamed(disk, setup) is string why)
                    cannotEverTell ??= $"Cannot tell whether the lease of {domain}'s disk {disk.Target} is held: {why}";
                continue;
            }

            LeaseState lease = ask(file);
            switch (lease.Holder)
            {
                // Several guests hold the lease of such a disk at once, and this node's table of locks does not name it.
                case LeaseHolder.Elsewhere or LeaseHolder.OtherProcess when disk.Shareable:
                    cannotEverTell ??=
                        $"Cannot tell whether the lease {file} of {domain}'s shareable disk {disk.Source} is held here: it is "
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

        return cannotTell is not null ? OperationResult.DoneWith(cannotTell)
            : cannotEverTell is not null ? OperationResult.DoneWith(cannotEverTell) with { Lasts = true }
            : OperationResult.Done;
    }

    /// <summary>
    /// Whether libvirt's locks keep an active guest from being started on another node: each disk that it writes has a lease that no other
    /// guest shares, on what other nodes see, and nobody saw that it is not held. What stands still and so cannot be looked at counts by
    /// the configuration: who starts it elsewhere has to get past that lock as well.
    /// </summary>
    /// <param name="disks">The guest's.</param>
    /// <param name="setup">How the node is configured.</param>
    /// <param name="look">Looks at a directory in which leases lie.</param>
    /// <param name="ask">Looks at the leases.</param>
    public static bool KeepsOff(
        IReadOnlyList<Disk> disks,
        LockSetup setup,
        Func<string, Fact<LockspaceFacts>> look,
        Func<IReadOnlyCollection<string>, IReadOnlyDictionary<string, LeaseState>> ask
    )
    {
        Disk[] written = [.. disks.Where(disk => !disk.ReadOnly && !disk.IsEmpty)];
        string[] leases = [.. written.Select(disk => LeaseFile(disk, setup)).OfType<string>()];

        // The kernel's lock of a device is this node's alone.
        bool areLocal = setup.FileLockspaceDir is null && written.Any(disk => disk.Type == "block");
        if (leases.Length < written.Length || written.Any(disk => disk.Shareable) || areLocal)
            return false;
        return leases
                .Select(lease => Path.GetDirectoryName(lease)!)
                .Distinct()
                .All(directory =>
                    look(directory)
                        .Match(
                            seen => LockGuard.Judge("true", setup with { FileLockspaceDir = directory }, _ => seen).Succeeded,
                            () => false,
                            _ => true
                        )
                ) && ask(leases).Values.All(lease => lease.Holder is LeaseHolder.ThisNode or LeaseHolder.CannotTell);
    }

    /// <summary>Why the lease of a writable disk cannot be named; null: lockd takes none for it.</summary>
    private static string? WhyUnnamed(Disk disk, LockSetup setup) =>
        !setup.IsLockd || !setup.AutoDiskLeases || disk.ReadOnly ? null
        : disk is { Type: "volume", Source: null } ? $"the path of volume {disk.Volume} in pool {disk.Pool} could not be found out"
        : disk is { Type: "block", Source: string device }
            ? $"for {device} libvirt may name it after the device's identity, by lvm_lockspace_dir or scsi_lockspace_dir in "
                + "/etc/libvirt/qemu-lockd.conf"
        : null;

    private static OperationResult Lost(string domain, Disk disk, string file, string how) =>
        OperationResult.Failed(
            $"{domain} runs without the lock of its disk {disk.Source}: the lease {file} {how}, so a second copy could be started "
                + "elsewhere. "
                + "virtlockd was most likely killed or restarted. Restart the libvirt daemon, then the resource; the policy is "
                + "on_lock_lost",
            FailureKind.LeaseLost
        );
}

/// <summary>Who holds a lease file's lock.</summary>
public enum LeaseHolder
{
    /// <summary>A virtlockd of this node.</summary>
    ThisNode,

    /// <summary>Nobody.</summary>
    Nobody,

    /// <summary>Somebody outside this node: its process is not among ours.</summary>
    Elsewhere,

    /// <summary>A process of this node that is not virtlockd.</summary>
    OtherProcess,

    /// <summary>It could not be found out.</summary>
    CannotTell,
}

/// <summary>What was seen of a lease.</summary>
/// <param name="Holder">Who holds it.</param>
/// <param name="Detail">The pid or the error, for the sentence.</param>
public readonly record struct LeaseState(LeaseHolder Holder, string Detail);

/// <summary>The locks that processes of this node hold (proc(5), /proc/locks).</summary>
public static class KernelLocks
{
    /// <summary>
    /// The processes that hold a shared lock of a file's first byte. F_GETLK names one holder of many, which may be another node's; this
    /// table names all of this node, also on a cluster filesystem.
    /// </summary>
    /// <param name="table">The text of /proc/locks.</param>
    /// <param name="major">Of the file's device.</param>
    /// <param name="minor">Of the file's device.</param>
    /// <param name="inode">The file.</param>
    public static IEnumerable<int> Readers(string table, uint major, uint minor, ulong inode)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"{major:x2}:{minor:x2}:{inode}");
        foreach (string line in table.Split('\n'))
        {
            // "1: POSIX  ADVISORY  READ 1234 08:02:131114 0 0"; who waits for a lock has "->" as second word.
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (
                words is [_, "POSIX", _, "READ", var holder, var where, "0", ..]
                && where == file
                && int.TryParse(holder, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            )
                yield return pid;
        }
    }
}
