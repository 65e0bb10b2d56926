using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>What monitor looks at beyond the state.</summary>
internal sealed class Checks(AgentContext context)
{
    /// <summary>The leases of the running guest's disks, asked of the kernel and not of virtlockd, which may have forgotten them.</summary>
    public OperationResult Leases(TimeSpan within)
    {
        if (!context.IsLocalQemu || context.Settings.RequireLock == "false")
            return OperationResult.Done;
        LockSetup setup = context.Locking;
        if (setup.LockManager is null)
        {
            return context.Settings.RequireLock == "true"
                ? OperationResult.Failed($"{context.Domain} runs without locks: libvirt on this node has no lock manager. Set lock_manager = \"lockd\" in /etc/libvirt/qemu.conf; the policy is on_lock_lost", FailureKind.LeaseLost)
                : OperationResult.Done;
        }

        if (context.Disks(within / 2) is not Fact<IReadOnlyList<Disk>>.Known { Value: IReadOnlyList<Disk> disks })
            return OperationResult.DoneWith($"Cannot tell whether the leases of {context.Domain} are held: neither libvirt nor the "
                + "configuration names its disks");
        return context.Storage.Run(within / 2, () => LeaseCheck.Judge(context.Domain, disks, setup, LeaseProbe.Ask), out OperationResult? verdict)
            ? verdict!
            : OperationResult.DoneWith($"Cannot tell whether the leases of {context.Domain} are held: the lockspace does not answer");
    }

    /// <summary>A question to QEMU's monitor.</summary>
    public OperationResult PingMonitor(TimeSpan within)
    {
        int errors = context.Hypervisor.Ask(within, connection =>
        {
            using LibvirtDomain? domain = connection.Find(context.Identity!);
            return domain?.DiskErrors() ?? 0;
        }, out OperationResult failure);
        if (failure.Kind is FailureKind.Unreachable || (failure.Kind is FailureKind.TimedOut && !LibvirtAnswers(within / 5)))
            return OperationResult.DoneWith($"Whether QEMU of {context.Domain} answers on its monitor could not be asked: {failure.Message}");
        if (!failure.Succeeded)
            return failure with { Message = $"QEMU of {context.Domain} does not answer on its monitor: {failure.Message}" };
        return errors == 0 ? failure : OperationResult.DoneWith($"{errors} disk(s) of {context.Domain} report an I/O error");
    }

    /// <summary>Tells a QEMU that stands still from a libvirt daemon that does.</summary>
    private bool LibvirtAnswers(TimeSpan within)
    {
        context.Hypervisor.Ask(within, connection =>
        {
            using LibvirtDomain? domain = connection.Find(context.Identity!);
            return true;
        }, out OperationResult failure);
        return failure.Succeeded;
    }

    /// <summary>A question to the guest agent.</summary>
    public OperationResult PingGuestAgent(TimeSpan within)
    {
        OperationResult result = context.Hypervisor.Do(within, connection =>
        {
            using LibvirtDomain? domain = connection.Find(context.Identity!);
            domain?.PingGuestAgent();
        });
        return result.Succeeded ? result : result with { Message = $"The guest agent of {context.Domain} does not answer: {result.Message}" };
    }

    /// <summary>The monitor scripts, within the time that is left for all of them.</summary>
    public OperationResult RunScripts(TimeSpan within)
    {
        TimeSpan end = context.Elapsed + within;
        foreach (string script in context.Settings.MonitorScripts)
        {
            TimeSpan left = end - context.Elapsed;
            CommandResult result = Command.Run(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), script);
            if (result.Succeeded)
                continue;
            string how = result.ExitCode is int code ? $"returned {code}" : "did not finish";
            return OperationResult.Failed($"The monitor script {script} of {context.Domain} {how}: {result.Output}");
        }

        return OperationResult.Done;
    }
}
