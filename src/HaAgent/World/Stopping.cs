using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Host.Child;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>The rungs of the stop ladder.</summary>
internal sealed class Stopping(AgentContext context)
{
    /// <summary>Saves the guest's memory, which ends it.</summary>
    public OperationResult SaveMemory(Deadline deadline)
    {
        string file = SavedMemory.File(context);
        if (Outdated(file, deadline) is OperationResult problem)
            return problem;
        OperationResult result = OnDomain(deadline, domain => domain.Save(file));
        return result.Succeeded
            ? result
            : result with
            {
                Message =
                    $"The memory of {context.Domain} could not be saved to {file}, so the guest is shut down instead: {result.Message}",
            };
    }

    /// <summary>
    /// A memory that lies there while the guest runs is older than its disks. It must not be what the next start restores if this one
    /// cannot be saved.
    /// </summary>
    private OperationResult? Outdated(string file, Deadline deadline)
    {
        Fact<PathSeen> there = context.Volume.Look(file, deadline.Share(0.5));
        if (there.Value is { Kind: FileKind.Absent })
            return null;
        string? why = there.State == FactState.NotLearned ? there.Why : SavedMemory.SetAside(context, file, deadline.Share(0.5));
        return why is null
            ? null
            : OperationResult.Failed(
                $"The memory of {context.Domain} is not saved, because {file} may be there already and cannot be moved aside ({why}). "
                    + "Delete it before the next start, which would restore it over disks that have changed"
            );
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
