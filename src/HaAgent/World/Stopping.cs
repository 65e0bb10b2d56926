using HaAgent.Core.Guest;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>The rungs of the stop ladder.</summary>
internal sealed class Stopping(AgentContext context)
{
    /// <summary>Saves the guest's memory, which ends it.</summary>
    public OperationResult SaveMemory(Deadline deadline)
    {
        string file = SavedMemory.File(context);
        OperationResult result = OnDomain(deadline, domain => domain.Save(file));
        return result.Succeeded ? result : result with { Message = $"The memory of {context.Domain} could not be saved to {file}, so the guest is shut down instead: {result.Message}" };
    }

    /// <summary>Asks the guest to shut down.</summary>
    public OperationResult RequestShutdown(ShutdownVia via, Deadline deadline)
    {
        OperationResult result = OnDomain(deadline, domain => domain.Shutdown(via));
        return result.Succeeded ? result : result with { Message = $"{context.Domain} could not be asked to shut down by {via.ToString().ToLowerInvariant()}: {result.Message}" };
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
        return context.Processes.Find(context.Identity!, context.Resolver.Record, deadline).Match(
            found =>
            {
                using QemuProcess process = found;
                if (process.Signal(signal) is string error)
                    return OperationResult.Failed($"process {process.Pid} could not be signalled: {error}");
                process.WaitForEnd(deadline.Left);
                return OperationResult.Done;
            },
            () => OperationResult.Done,
            why => OperationResult.Failed($"its process was not found: {why}"));
    }

    private OperationResult OnDomain(Deadline deadline, Action<LibvirtDomain> action) => context.Hypervisor.Do(deadline, connection =>
    {
        using LibvirtDomain? domain = connection.Find(context.Identity!);
        if (domain is not null)
            action(domain);
    });
}
