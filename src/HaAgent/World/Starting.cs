using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Host.Child;

namespace HaAgent.World;

/// <summary>What a start does.</summary>
internal sealed class Starting(AgentContext context)
{
    /// <summary>Reads the configuration and checks that it is about this domain.</summary>
    public OperationResult LoadConfiguration(Deadline deadline)
    {
        context.Resolver.ReadConfiguration(deadline);
        return context.Resolver.ConfigurationResult;
    }

    /// <summary>Judges whether lockd would protect the guest.</summary>
    public OperationResult CheckLockGuard(Deadline deadline)
    {
        if (!context.IsLocalQemu)
            return OperationResult.Done;
        OperationResult? silence = null;
        OperationResult verdict = LockGuard.Judge(context.Settings.RequireLock, context.Locking, directory =>
        {
            Fact<LockspaceSight> fact = context.Volume.LookAtLockspace(directory, deadline);
            if (!fact.IsKnown(out LockspaceSight sight))
                silence = OperationResult.Failed($"The lockspace directory {directory} does not answer: {fact.Why}. Is a fencing pending?", FailureKind.TimedOut);
            return sight;
        });
        return silence ?? verdict;
    }

    /// <summary>Starts the pools and networks that the configuration names.</summary>
    public OperationResult StartResources(HypervisorSession hypervisor, Deadline deadline)
    {
        context.Resolver.ReadConfiguration(deadline);
        DomainXml? xml = context.Resolver.Configuration;
        foreach (string pool in xml?.Pools ?? [])
        {
            OperationResult result = hypervisor.Do(deadline, connection => connection.EnsurePool(pool));
            if (!result.Succeeded)
                return result with { Message = $"The storage pool {pool}, which {context.Domain} needs, could not be started: {result.Message}" };
        }

        foreach (string network in xml?.Networks ?? [])
        {
            OperationResult result = hypervisor.Do(deadline, connection => connection.EnsureNetwork(network));
            if (!result.Succeeded)
                return result with { Message = $"The network {network}, which {context.Domain} needs, could not be started: {result.Message}" };
        }

        return OperationResult.Done;
    }

    /// <summary>Starts the domain from its saved memory, else from its configuration.</summary>
    public OperationResult Start(Deadline deadline)
    {
        string savedMemory = SavedMemory.File(context);
        if (savedMemory.Length > 0)
        {
            // A start without looking would lose the memory that was saved, or restore it later over changed disks.
            Fact<PathSeen> there = context.Volume.Look(savedMemory, deadline);
            if (there.State == FactState.NotLearned)
                return OperationResult.Failed($"{context.Domain} was not started: whether its memory is saved in {savedMemory} cannot be told: {there.Why}", FailureKind.TimedOut);
            if (there.Value is { Kind: not PathKind.Absent })
                return Restore(savedMemory, deadline);
        }

        OperationResult result = context.Hypervisor.Do(deadline, connection => connection.Create(context.Resolver.ConfigurationText).Dispose());
        return result.Succeeded ? result : Explain(result, deadline);
    }

    private OperationResult Restore(string file, Deadline deadline)
    {
        OperationResult result = context.Hypervisor.Do(deadline, connection => connection.Restore(file));
        if (!result.Succeeded)
            return Explain(result with { Message = $"{context.Domain} could not be restored from {file}, which is kept: {result.Message}" }, deadline);
        return context.Volume.Delete(file, deadline) is string why
            ? OperationResult.DoneWith($"{context.Domain} was restored from {file}, which could not be deleted: {why}. Delete it: it must not be restored again")
            : result;
    }

    /// <summary>Turns libvirt's error into the sentence that helps.</summary>
    private OperationResult Explain(OperationResult error, Deadline deadline)
    {
        IReadOnlyList<Disk> disks = context.Resolver.Configuration?.Disks ?? [];
        switch (error.Kind)
        {
            case FailureKind.LockConflict:
                return error with { Message = $"{context.Domain} was not started: {TakenLease(disks, deadline)} ({error.Message})." };
            case FailureKind.LockspaceLost:
                return error with
                {
                    Code = ExitCode.Installed,
                    Message = $"{context.Domain} was not started, because virtlockd does not know its lockspace any more: it was restarted after the libvirt daemon. "
                        + $"Restart the libvirt daemon of this node (virtqemud or libvirtd), which leaves running guests alone, then: crm resource cleanup {context.Invocation.Resource} ({error.Message})",
                };
            case FailureKind.Other when error.IsFromQemu && ImageInUse(disks, deadline) is string inUse:
                return error with
                {
                    Kind = FailureKind.ImageLocked,
                    Message = $"{context.Domain} was not started: its disk {inUse} is in use by another QEMU; it most likely runs on another node ({error.Message}).",
                };
            default:
                return error with { Message = $"{context.Domain} was not started: {error.Message}" };
        }
    }

    private string? ImageInUse(IReadOnlyList<Disk> disks, Deadline deadline) =>
        context.Volume.ImageInUse([.. disks.Where(disk => disk.IsLockable).Select(disk => disk.Source!)], TimeForReasons(deadline)).Value;

    /// <summary>For what only makes the sentence better, also when the time is up.</summary>
    private static Deadline TimeForReasons(Deadline deadline) => Deadline.In(deadline.Left * 0.5).OrIn(TimeSpan.FromSeconds(2));

    private string TakenLease(IReadOnlyList<Disk> disks, Deadline deadline)
    {
        string[] files = [.. disks.Select(disk => LeaseCheck.LeaseFile(disk, context.Locking)).OfType<string>()];
        IReadOnlyDictionary<string, LeaseState> leases = context.Volume.Leases(files, TimeForReasons(deadline));
        foreach (Disk disk in disks)
        {
            if (LeaseCheck.LeaseFile(disk, context.Locking) is not string file)
                continue;
            LeaseState lease = leases[file];
            if (lease.Holder is LeaseHolder.Elsewhere or LeaseHolder.OtherProcess or LeaseHolder.ThisNode)
            {
                // Pacemaker keeps 128 characters of a reason: who and what come before the lease's long name.
                string holder = lease.Holder == LeaseHolder.Elsewhere ? "another node, on which it most likely runs" : "this node, for another domain";
                return $"its disk {disk.Source} is locked by {holder}; the lease is {file}";
            }
        }

        return "one of its disks is locked by somebody else";
    }
}
