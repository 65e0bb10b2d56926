using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>What a start does.</summary>
internal sealed class Starting(AgentContext context)
{
    /// <summary>Reads the configuration and checks that it is about this domain.</summary>
    public OperationResult LoadConfiguration(TimeSpan within)
    {
        context.Resolver.ReadConfiguration(within);
        return context.Resolver.ConfigurationResult;
    }

    /// <summary>Judges whether lockd would protect the guest.</summary>
    public OperationResult CheckLockGuard(TimeSpan within)
    {
        if (!context.IsLocalQemu)
            return OperationResult.Done;
        return context.Storage.Run(within, () => LockGuard.Judge(context.Settings.RequireLock, context.Locking, LockspaceProbe.Look), out OperationResult? verdict)
            ? verdict!
            : OperationResult.Failed($"The lockspace directory {context.Locking.FileLockspaceDir} does not answer within {within.TotalSeconds:0.#} s: the shared volume stands still. Is a fencing pending?", FailureKind.TimedOut);
    }

    /// <summary>Starts the pools and networks that the configuration names.</summary>
    public OperationResult StartResources(HypervisorSession hypervisor, TimeSpan within)
    {
        context.Resolver.ReadConfiguration(within);
        DomainXml? xml = context.Resolver.Configuration;
        foreach (string pool in xml?.Pools ?? [])
        {
            OperationResult result = hypervisor.Do(within, connection => connection.EnsurePool(pool));
            if (!result.Succeeded)
                return result with { Message = $"The storage pool {pool}, which {context.Domain} needs, could not be started: {result.Message}" };
        }

        foreach (string network in xml?.Networks ?? [])
        {
            OperationResult result = hypervisor.Do(within, connection => connection.EnsureNetwork(network));
            if (!result.Succeeded)
                return result with { Message = $"The network {network}, which {context.Domain} needs, could not be started: {result.Message}" };
        }

        return OperationResult.Done;
    }

    /// <summary>Starts the domain from its saved memory, else from its configuration.</summary>
    public OperationResult Start(TimeSpan within)
    {
        // A libvirt that does not answer has not been asked for anything.
        TimeSpan end = context.Elapsed + within;
        OperationResult reach = context.Hypervisor.Do(within, connection => connection.Find(context.Identity!)?.Dispose());
        if (!reach.Succeeded)
        {
            return reach with
            {
                Kind = reach.Kind == FailureKind.TimedOut ? FailureKind.Unreachable : reach.Kind,
                Message = $"{context.Domain} was not started: {reach.Message}",
            };
        }

        string savedMemory = SavedMemory.File(context);
        if (savedMemory.Length > 0 && File.Exists(savedMemory))
            return Restore(savedMemory, end - context.Elapsed);
        if (savedMemory.Length > 0 && File.Exists(SavedMemory.Moved(context)))
            Warn($"{SavedMemory.Moved(context)} is the memory of {context.Domain} from a restore that was not seen to its end. Its guest "
                + "may have run since, so it is not restored; delete it when it is of no use any more");
        OperationResult result = Ask(PendingKind.Start, end - context.Elapsed, connection =>
            connection.Create(context.Resolver.ConfigurationText).Dispose());
        return result.Succeeded ? result : Explain(result);
    }

    /// <summary>Makes a call that brings the guest up, and keeps on record that it was made until it is answered.</summary>
    private OperationResult Ask(PendingKind kind, TimeSpan within, Action<LibvirtConnection> call)
    {
        if (context.Resolver.Expect(kind, context.Identity!).Message is string remark)
            context.Log.Say(new Remark(Severity.Warning, remark));
        OperationResult result = context.Hypervisor.Do(within, call);

        // When the connection broke, the daemon may have; what became of the call is for the next look to find out.
        if (result.Kind is not (FailureKind.TimedOut or FailureKind.Unreachable))
            context.Resolver.Settle();
        return result;
    }

    private OperationResult Restore(string file, TimeSpan within)
    {
        string moved;
        try
        {
            moved = SavedMemory.MoveAside(file, SavedMemory.Moved(context));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OperationResult.Failed($"{context.Domain} was not restored from {file}, because the file cannot be moved aside "
                + $"({e.Message}) and could be restored a second time, over disks that have changed. "
                + "Make its directory writable, or delete the file to start without it");
        }

        OperationResult result = Ask(PendingKind.Restore, within, connection => connection.Restore(moved));
        if (!result.Succeeded)
            return Explain(result with { Message = $"{context.Domain} could not be restored from "
                + $"{(PutBack(result, moved, file) ? file : moved)}, which is kept: {result.Message}" });
        try
        {
            File.Delete(moved);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Warn($"{moved} cannot be deleted ({e.Message}). {context.Domain} was restored from it, and it will not be restored again");
        }

        return result;
    }

    /// <summary>
    /// After a failure that libvirt answered and that left no guest: it lets the guest run last of all, so that it has not run.
    /// </summary>
    private bool PutBack(OperationResult failure, string moved, string file)
    {
        if (failure.Kind is FailureKind.TimedOut or FailureKind.Unreachable)
            return false;
        bool isActive = context.Hypervisor.Ask(TimeSpan.FromSeconds(2), connection =>
        {
            using LibvirtDomain? domain = connection.Find(context.Identity!);
            return domain is { IsActive: true };
        }, out OperationResult asked);
        bool runs = context.IsLocalQemu && ProcessTable.Find(context.Identity!, context.Resolver.Record) is not Fact<QemuProcess>.Absent;
        if (!asked.Succeeded || isActive || runs)
            return false;
        try
        {
            File.Move(moved, file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Warn($"{moved} cannot be moved back to {file} ({e.Message})");
            return false;
        }
    }

    private void Warn(string text) => context.Log.Say(new Remark(Severity.Warning, text));

    /// <summary>Turns libvirt's error into the sentence that helps.</summary>
    private OperationResult Explain(OperationResult error)
    {
        IReadOnlyList<Disk> disks = context.Resolver.Configuration?.Disks ?? [];
        switch (error.Kind)
        {
            case FailureKind.LockConflict:
                return error with { Message = $"{context.Domain} was not started: {TakenLease(disks)} ({error.Message})." };
            case FailureKind.TimedOut:
                return error with { Message = $"{error.Message} to the start of {context.Domain}, and may still start it. Is virtlockd "
                    + "well, and does the shared volume answer? Stop the resource: that waits for libvirt's answer and then ends the "
                    + "guest" };
            case FailureKind.VirtlockdUnreachable:
                return error with { Message = $"{context.Domain} was not started, because libvirt cannot reach virtlockd: "
                    + $"{error.Message}. Start virtlockd.socket." };
            case FailureKind.LockspaceLost:
                return error with
                {
                    Code = ExitCode.Installed,
                    Message = $"{context.Domain} was not started, because virtlockd does not know its lockspace any more: it was restarted after the libvirt daemon. "
                        + $"Restart the libvirt daemon of this node (virtqemud or libvirtd), which leaves running guests alone, then: crm resource cleanup {context.Invocation.Resource} ({error.Message})",
                };
            case FailureKind.Other when error.IsFromQemu && disks.FirstOrDefault(disk => disk.IsLockable && LeaseProbe.IsImageInUse(disk.Source!)) is Disk inUse:
                return error with
                {
                    Kind = FailureKind.ImageLocked,
                    Message = $"{context.Domain} was not started: its disk {inUse.Source} is in use by another QEMU; it most likely runs on another node ({error.Message}).",
                };
            default:
                return error with { Message = $"{context.Domain} was not started: {error.Message}" };
        }
    }

    private string TakenLease(IReadOnlyList<Disk> disks)
    {
        foreach (Disk disk in disks)
        {
            if (LeaseCheck.LeaseFile(disk, context.Locking) is not string file)
                continue;
            LeaseState lease = LeaseProbe.Ask(file);
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
