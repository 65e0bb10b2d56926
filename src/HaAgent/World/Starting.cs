using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Host.Child;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>What a start does.</summary>
internal sealed class Starting(AgentContext context)
{
    /// <summary>For each look that shows whether a memory may be restored again.</summary>
    private static readonly TimeSpan TimeToPutBack = TimeSpan.FromSeconds(2);

    private bool _isMemoryDecided;

    /// <summary>Of the memory that is to be restored; null: there is none.</summary>
    private SavedMemoryNote? _restorable;

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
        OperationResult verdict = LockGuard.Judge(
            context.Settings.RequireLock,
            context.Locking,
            directory =>
            {
                Fact<LockspaceFacts> fact = context.Volume.LookAtLockspace(directory, deadline);
                if (!fact.IsKnown(out LockspaceFacts lockspace))
                    silence = OperationResult.Failed(
                        $"The lockspace directory {directory} cannot be looked at: {fact.Why}. Is its volume well, or a fencing pending?",
                        FailureKind.TimedOut
                    );
                return lockspace;
            }
        );
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
                return result with
                {
                    Message = $"The storage pool {pool}, which {context.Domain} needs, could not be started: {result.Message}",
                };
        }

        foreach (string network in xml?.Networks ?? [])
        {
            OperationResult result = hypervisor.Do(deadline, connection => connection.EnsureNetwork(network));
            if (!result.Succeeded)
                return result with
                {
                    Message = $"The network {network}, which {context.Domain} needs, could not be started: {result.Message}",
                };
        }

        return OperationResult.Done;
    }

    /// <summary>Decides whether the guest is restored from its saved memory. If not, that is moved aside and its note taken away, before
    /// the guest runs.</summary>
    public OperationResult DecideMemory(Deadline deadline)
    {
        OperationResult result = Decide(deadline, out _restorable);
        _isMemoryDecided = result.Succeeded;
        return result;
    }

    private OperationResult Decide(Deadline deadline, out SavedMemoryNote? restorable)
    {
        restorable = null;
        string savedMemory = SavedMemory.File(context);
        if (savedMemory.Length > 0)
        {
            // A start without looking would lose the memory that was saved, or restore it later over changed disks.
            Fact<PathSeen> there = context.Volume.Look(savedMemory, deadline.Share(0.7));
            if (there.State == FactState.NotLearned)
                return OperationResult.Failed(
                    $"{context.Domain} was not started: whether its memory is saved in {savedMemory} cannot be told: {there.Why}",
                    FailureKind.TimedOut
                );
            if (there.Value is { Kind: not FileKind.Absent })
            {
                Fact<SavedMemoryNote> note = SavedMemory.Note(context, deadline.Share(0.3));
                Fact<string> doubt = SavedMemory.Doubt(context, note, deadline.Share(0.5));
                if (doubt.IsNotLearned(out string? unclear))
                    return OperationResult.Failed(
                        $"{context.Domain} was not started: whether its memory in {savedMemory} may be restored cannot be told: {unclear}. "
                            + "Delete that file to start without it",
                        FailureKind.TimedOut
                    );
                if (!doubt.IsKnown(out string? reason))
                {
                    restorable = note.Value;
                    return OperationResult.Done;
                }

                if (SavedMemory.SetAside(context, savedMemory, reason, deadline.Share(0.3)) is string kept)
                    return OperationResult.Failed(
                        $"{context.Domain} was not started: {savedMemory} may not be restored ({reason}) and cannot be moved aside "
                            + $"({kept}). Delete it: restored later, it would meet disks that have changed"
                    );
            }
            else if (context.Volume.Look(SavedMemory.Moved(context), deadline).Value is { Kind: not FileKind.Absent })
                Warn(
                    $"{SavedMemory.Moved(context)} is the memory of {context.Domain} from a restore that was not seen to its end. Its "
                        + "guest may have run since, so it is not restored; delete it when it is of no use any more"
                );
        }

        // Also of a start without the parameter: it may be set again, here or on another node, and the memory be found.
        if (SavedMemory.DropNote(context, deadline, out bool isAnswered) is string stays)
            return OperationResult.Failed(
                $"{context.Domain} was not started: {stays}. Delete it: a memory that was saved before would be restored later, over disks "
                    + "that have changed",
                isAnswered ? FailureKind.Other : FailureKind.TimedOut
            );
        return OperationResult.Done;
    }

    /// <summary>Starts the domain from its saved memory, else from its configuration.</summary>
    public OperationResult Start(Deadline deadline)
    {
        // What was decided holds for one attempt: who tries again looks again.
        bool isDecided = _isMemoryDecided;
        SavedMemoryNote? note = _restorable;
        _isMemoryDecided = false;

        // A libvirt that does not answer has not been asked for anything.
        OperationResult reach = context.Hypervisor.Do(deadline.Share(0.3), connection => connection.Find(context.Identity!)?.Dispose());
        if (!reach.Succeeded)
        {
            return reach with
            {
                Kind = reach.Kind == FailureKind.TimedOut ? FailureKind.Unreachable : reach.Kind,
                Message = $"{context.Domain} was not started: {reach.Message}",
            };
        }

        if (!isDecided && Decide(deadline.Share(0.5), out note) is { Succeeded: false } undecided)
            return undecided;
        if (note is not null)
            return Restore(SavedMemory.File(context), note, deadline);
        OperationResult result = Ask(
            PendingKind.Start,
            deadline,
            connection => connection.Create(context.Resolver.ConfigurationText).Dispose()
        );
        if (!result.Succeeded)
            return Explain(result, deadline);
        if (context.IsLocalQemu)
            SavedMemory.SetAsideManaged(context, deadline.OrIn(TimeToPutBack));
        return result;
    }

    /// <summary>Makes a call that brings the guest up, and keeps on record that it was made until it is answered.</summary>
    private OperationResult Ask(PendingKind kind, Deadline deadline, Action<LibvirtConnection> call)
    {
        if (context.Resolver.Expect(kind, context.Identity!).Message is string message)
            context.Log.Write(new LogMessage(Severity.Warning, message));
        OperationResult result = context.Hypervisor.Do(deadline, call);

        // When the connection broke, the daemon may have; what became of the call is for the next look to find out.
        if (result.Kind is not (FailureKind.TimedOut or FailureKind.Unreachable))
            context.Resolver.Settle();
        return result;
    }

    private OperationResult Restore(string file, SavedMemoryNote note, Deadline deadline)
    {
        string moved = SavedMemory.Moved(context);
        if (context.Volume.Move(file, ref moved, deadline) is string why)
        {
            return OperationResult.Failed(
                $"{context.Domain} was not restored from {file}, because the file cannot be moved aside ({why}) and could be restored a "
                    + "second time, over disks that have changed. "
                    + "Make its directory writable, or delete the file to start without it"
            );
        }

        OperationResult result = Ask(PendingKind.Restore, deadline, connection => connection.Restore(moved));
        if (!result.Succeeded)
        {
            string kept = PutBack(result, note, moved, file) ? file : moved;
            return Explain(
                result with
                {
                    Message = $"{context.Domain} could not be restored from {kept}, which is kept: {result.Message}",
                },
                deadline
            );
        }

        if (context.Volume.Delete(moved, deadline) is string left)
            Warn($"{moved} cannot be deleted ({left}). {context.Domain} was restored from it, and it will not be restored again");
        if (SavedMemory.DropNote(context, deadline.OrIn(TimeToPutBack)) is string stays)
            Warn($"{stays}, the note of the memory from which {context.Domain} was restored");
        return result;
    }

    /// <summary>
    /// After a failure that libvirt answered and that left no guest. libvirt lets the guest run before its last step (qemuSaveImageStartVM
    /// writes its own state down after that, and ends the guest when it cannot), so that the guest may have run: the disks show that by
    /// their marks at the next start, and where one has none, only failures count that come before.
    /// </summary>
    private bool PutBack(OperationResult failure, SavedMemoryNote note, string moved, string file)
    {
        bool cameBefore = failure.Kind is FailureKind.LockConflict or FailureKind.VirtlockdUnreachable or FailureKind.LockspaceLost;
        if (failure.Kind is FailureKind.TimedOut or FailureKind.Unreachable || !(note.MarksEveryDisk || cameBefore))
            return false;
        bool isActive = context.Hypervisor.Ask(
            Deadline.In(TimeToPutBack),
            connection =>
            {
                using LibvirtDomain? domain = connection.Find(context.Identity!);
                return domain is { IsActive: true };
            },
            out OperationResult asked
        );
        bool runs =
            context.IsLocalQemu
            && context.Processes.Find(context.Identity!, context.Resolver.Record, Deadline.In(TimeToPutBack)).State != FactState.Absent;
        if (!asked.Succeeded || isActive || runs)
            return false;
        string back = file;
        if (context.Volume.Move(moved, ref back, Deadline.In(TimeToPutBack)) is not string why)
            return back == file;
        Warn($"{moved} cannot be moved back to {file} ({why})");
        return false;
    }

    private void Warn(string text) => context.Log.Write(new LogMessage(Severity.Warning, text));

    /// <summary>Turns libvirt's error into the sentence that helps.</summary>
    private OperationResult Explain(OperationResult error, Deadline deadline)
    {
        IReadOnlyList<Disk> disks = context.Resolver.Configuration?.Disks ?? [];
        switch (error.Kind)
        {
            case FailureKind.LockConflict:
                return error with { Message = $"{context.Domain} was not started: {TakenLease(disks, deadline)} ({error.Message})." };
            case FailureKind.TimedOut:
                return error with
                {
                    Message =
                        $"{error.Message} to the start of {context.Domain}, and may still start it. Is virtlockd well, and does the "
                        + "shared volume answer? Stop the resource: that waits for libvirt's answer and then ends the guest",
                };
            case FailureKind.VirtlockdUnreachable:
                return error with
                {
                    Message =
                        $"{context.Domain} was not started, because libvirt cannot reach virtlockd: {error.Message}. Start "
                        + "virtlockd.socket.",
                };
            case FailureKind.LockspaceLost:
                return error with
                {
                    Code = ExitCode.Installed,
                    Message =
                        $"{context.Domain} was not started, because virtlockd does not know its lockspace any more: it was restarted "
                        + "after the libvirt daemon. "
                        + "Restart the libvirt daemon of this node (virtqemud or libvirtd), which leaves running guests alone, then: crm "
                        + $"resource cleanup {context.Invocation.Resource} ({error.Message})",
                };
            case FailureKind.Other when error.IsFromQemu && ImageInUse(disks, deadline) is string inUse:
                return error with
                {
                    Kind = FailureKind.ImageLocked,
                    Message =
                        $"{context.Domain} was not started: its disk {inUse} is in use by another QEMU; it most likely runs on another "
                        + $"node ({error.Message}).",
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
        LockSetup setup = context.Locking.Value ?? LockSetup.None;
        string[] files = [.. disks.Select(disk => LeaseCheck.LeaseFile(disk, setup)).OfType<string>()];
        IReadOnlyDictionary<string, LeaseState> leases = context.Volume.Leases(files, TimeForReasons(deadline));
        foreach (Disk disk in disks)
        {
            if (LeaseCheck.LeaseFile(disk, setup) is not string file)
                continue;
            LeaseState lease = leases[file];
            if (lease.Holder is LeaseHolder.Elsewhere or LeaseHolder.OtherProcess or LeaseHolder.ThisNode)
            {
                // Pacemaker keeps 128 characters of a reason: who and what come before the lease's long name.
                string holder =
                    lease.Holder == LeaseHolder.Elsewhere ? "another node, on which it most likely runs" : "this node, for another domain";
                return $"its disk {disk.Source} is locked by {holder}; the lease is {file}";
            }
        }

        return "one of its disks is locked by somebody else";
    }
}
