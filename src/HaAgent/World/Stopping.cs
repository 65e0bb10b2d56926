using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Host.Child;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>The rungs of the stop ladder.</summary>
internal sealed class Stopping(AgentContext context)
{
    /// <summary>For what is looked at and written beside the memory: a volume that stands still must not take the time in which the guest
    /// is asked instead.</summary>
    private static readonly TimeSpan TimeForNote = TimeSpan.FromSeconds(5);

    /// <summary>Saves the guest's memory, which ends it.</summary>
    public OperationResult SaveMemory(Deadline deadline)
    {
        string file = SavedMemory.File(context);
        if (Obstacle(file, deadline, out IReadOnlyList<Disk> disks, out string caution) is string obstacle)
            return OperationResult.Failed($"The memory of {context.Domain} is not saved, so the guest is shut down instead: {obstacle}");
        OperationResult result = OnDomain(deadline, domain => domain.Save(file));
        if (result.Succeeded)
        {
            return SavedMemory.WriteNote(context, disks, context.End.OrIn(TimeForNote)) is string unwritten
                    ? OperationResult.DoneWith(
                        $"The memory of {context.Domain} is saved in {file}, but the next start will not restore it: {unwritten}"
                    )
                : caution.Length > 0 ? OperationResult.DoneWith($"The memory of {context.Domain} is saved in {file}. {caution}")
                : result;
        }

        // What lies there, whole or not, has no finished note: no start restores it. That takes no time of those that the guest has left.
        return result with
        {
            Message = $"The memory of {context.Domain} could not be saved to {file}, so the guest is shut down instead: {result.Message}",
        };
    }

    /// <summary>What keeps a memory from being saved so that a start can restore it.</summary>
    private string? Obstacle(string file, Deadline deadline, out IReadOnlyList<Disk> disks, out string caution)
    {
        disks = [];
        caution = "";
        Fact<IReadOnlyList<Disk>> live = context.Disks(deadline.Share(0.3), out bool areLive);
        if (!live.IsKnown(out IReadOnlyList<Disk>? known) || !areLive)
            return $"libvirt does not name its disks{(live.Why is null ? "" : $" ({live.Why})")}";
        disks = known;
        Deadline soon = deadline.Share(0.5).OrIn(TimeForNote);
        Fact<IReadOnlyList<MarkedFile>> seen = SavedMemory.Marks(context, disks, soon.Share(0.4));
        if (!seen.IsKnown(out IReadOnlyList<MarkedFile>? marks))
            return $"its disks cannot be looked at ({seen.Why}), so that nobody could tell later whether they were written";
        Fact<string> doubt = SavedMemory.DoubtOf(context, marks, soon.Share(0.4));
        if (doubt.State != FactState.Absent)
            return $"the next start would not restore it: {doubt.Value ?? doubt.Why}";
        caution = SavedMemoryNote.Caution(context.Domain, file, marks);

        // The note of an earlier memory goes with this one's beginning.
        return SavedMemory.BeginNote(context, soon)
            ?? (
                Outdated(file, deadline.OrIn(TimeForNote)) is string why
                    ? $"{file} may be there already and cannot be moved aside ({why})"
                    : null
            );
    }

    /// <summary>Moves a memory aside, if one is there: the guest has run since it was saved.</summary>
    /// <returns>Null, or why one may still be there.</returns>
    private string? Outdated(string file, Deadline deadline)
    {
        Fact<PathSeen> there = context.Volume.Look(file, deadline.Share(0.5));
        return there.Value is { Kind: FileKind.Absent } ? null
            : there.State == FactState.NotLearned ? there.Why
            : SavedMemory.SetAside(context, file, "the guest has run since it was saved", deadline.Share(0.5));
    }

    /// <summary>Asks the guest to shut down.</summary>
    public OperationResult RequestShutdown(ShutdownVia via, Deadline deadline)
    {
        OperationResult result = OnDomain(deadline, domain => domain.Shutdown(via));
        return result.Succeeded
            ? result
            : result with
            {
                Message = $"{context.Domain} could not be asked to shut down by {via.ToString().ToLowerInvariant()}: {result.Message}",
            };
    }

    /// <summary>Wakes the guest up.</summary>
    public OperationResult WakeUp(Deadline deadline)
    {
        OperationResult result = OnDomain(deadline, domain => domain.WakeUp());
        return result.Succeeded ? result : result with { Message = $"{context.Domain} could not be woken up: {result.Message}" };
    }

    /// <summary>Breaks off the job that the guest is paused for.</summary>
    public OperationResult AbortJob(Deadline deadline)
    {
        OperationResult result = OnDomain(deadline, LibvirtMigration.Abort);
        return result.Succeeded
            ? result
            : result with
            {
                Message = $"What {context.Domain} is paused for could not be broken off: {result.Message}",
            };
    }

    /// <summary>The power cord.</summary>
    public OperationResult Destroy(Deadline deadline)
    {
        OperationResult result = OnDomain(deadline, domain => domain.Destroy());
        return result.Succeeded ? result : result with { Message = $"{context.Domain} could not be destroyed: {result.Message}" };
    }

    /// <summary>A signal to the QEMU process, verified and held, so that it cannot meet another one.</summary>
    public OperationResult Signal(int signal, Deadline deadline)
    {
        if (!context.IsLocalQemu)
            return OperationResult.Failed("its hypervisor is not QEMU on this node, so there is no process to end");
        return context
            .Processes.Find(context.Identity!, context.Resolver.Record, deadline)
            .Match(
                found =>
                {
                    using QemuProcess process = found;
                    if (process.Signal(signal) is string error)
                        return OperationResult.Failed($"process {process.Pid} could not be signalled: {error}");
                    process.WaitForEnd(deadline.Left);
                    return OperationResult.Done;
                },
                () => OperationResult.Done,
                why => OperationResult.Failed($"its process was not found: {why}")
            );
    }

    private OperationResult OnDomain(Deadline deadline, Action<LibvirtDomain> action) =>
        context.Hypervisor.Do(
            deadline,
            connection =>
            {
                using LibvirtDomain? domain = connection.Find(context.Identity!);
                if (domain is not null)
                    action(domain);
            }
        );
}
