using HaAgent.Core.Guest;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>The rungs of the stop ladder.</summary>
internal sealed class Stopping(AgentContext context)
{
    /// <summary>Saves the guest's memory, which ends it.</summary>
    public OperationResult SaveMemory(TimeSpan within)
    {
        string file = SavedMemory.File(context);
        if (Outdated(file) is OperationResult problem)
            return problem;
        OperationResult result = OnDomain(within, domain => domain.Save(file));
        return result.Succeeded ? result : result with { Message = $"The memory of {context.Domain} could not be saved to {file}, so the guest is shut down instead: {result.Message}" };
    }

    /// <summary>
    /// A memory that lies there while the guest runs is older than its disks. It must not be what the next start restores if this one
    /// cannot be saved.
    /// </summary>
    private OperationResult? Outdated(string file)
    {
        try
        {
            if (!File.Exists(file))
                return null;
            string old = SavedMemory.MoveAside(file, file + ".old");
            context.Log.Say(new Remark(Severity.Warning, $"{file} is older than the guest that runs, and was moved to {old}"));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OperationResult.Failed($"The memory of {context.Domain} is not saved, because {file} is there already and cannot be "
                + $"moved aside ({e.Message}). "
                + "Delete it before the next start, which would restore it over disks that have changed");
        }
    }

    /// <summary>Asks the guest to shut down.</summary>
    public OperationResult RequestShutdown(ShutdownVia via, TimeSpan within)
    {
        OperationResult result = OnDomain(within, domain => domain.Shutdown(via));
        return result.Succeeded ? result : result with { Message = $"{context.Domain} could not be asked to shut down by {via.ToString().ToLowerInvariant()}: {result.Message}" };
    }

    /// <summary>Wakes the guest up.</summary>
    public OperationResult WakeUp(TimeSpan within)
    {
        OperationResult result = OnDomain(within, domain => domain.WakeUp());
        return result.Succeeded ? result : result with { Message = $"{context.Domain} could not be woken up: {result.Message}" };
    }

    /// <summary>The power cord.</summary>
    public OperationResult Destroy(TimeSpan within)
    {
        OperationResult result = OnDomain(within, domain => domain.Destroy());
        return result.Succeeded ? result : result with { Message = $"{context.Domain} could not be destroyed: {result.Message}" };
    }

    /// <summary>A signal to the QEMU process, verified and held, so that it cannot meet another one.</summary>
    public OperationResult Signal(int signal, TimeSpan within)
    {
        if (!context.IsLocalQemu)
            return OperationResult.Failed("its hypervisor is not QEMU on this node, so there is no process to end");
        Fact<QemuProcess> found = ProcessTable.Find(context.Identity!, context.Resolver.Record);
        if (found is Fact<QemuProcess>.NotLearned unknown)
            return OperationResult.Failed($"its process could not be found out: {unknown.Why}");
        if (found is not Fact<QemuProcess>.Known { Value: QemuProcess process })
            return OperationResult.Done;
        using QemuProcess held = process;
        if (process.Signal(signal) is string error)
            return OperationResult.Failed($"process {process.Pid} could not be signalled: {error}");
        process.WaitForEnd(within);
        return OperationResult.Done;
    }

    private OperationResult OnDomain(TimeSpan within, Action<LibvirtDomain> action) => context.Hypervisor.Do(within, connection =>
    {
        using LibvirtDomain? domain = connection.Find(context.Identity!);
        if (domain is not null)
            action(domain);
    });
}
