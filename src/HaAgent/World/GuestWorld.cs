using HaAgent.Core.Guest;
using HaAgent.Host;

namespace HaAgent.World;

/// <summary>The world as the rules see it: hands each operation to the part that knows how.</summary>
internal sealed class GuestWorld(AgentContext context) : IGuestWorld, IDisposable
{
    /// <summary>How often to look where no process can be waited for, or where libvirt is about to notice that it ended.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SlowGlance = TimeSpan.FromMilliseconds(200);

    private readonly GuestObserver _observer = new(context);
    private readonly Starting _starting = new(context);
    private QemuProcess? _process;
    private bool _isSearched;

    /// <inheritdoc/>
    public TimeSpan Elapsed => context.Elapsed;

    /// <inheritdoc/>
    public string? DomainName => context.Identity?.Name;

    /// <inheritdoc/>
    public Observation Observe(TimeSpan within)
    {
        context.Waits.On("libvirt, or what it must know to ask libvirt");
        return _observer.Observe(Deadline.In(within));
    }

    /// <inheritdoc/>
    public void Write(LogMessage message) => context.Log.Write(message);

    /// <inheritdoc/>
    public void WaitForChange(TimeSpan atMost)
    {
        context.Waits.On("the guest");
        _process ??= Process(Deadline.In(atMost));
        if (_process is null)
        {
            Thread.Sleep(atMost < SlowGlance ? atMost : SlowGlance);
            return;
        }

        if (_process.HasEnded)
            Thread.Sleep(atMost < Glance ? atMost : Glance);
        else
            _process.WaitForEnd(atMost);
    }

    /// <inheritdoc/>
    public OperationResult Perform(Operation operation, TimeSpan within)
    {
        Deadline deadline = Deadline.In(within);
        context.Waits.On(ObjectOf(operation));
        OperationResult result = operation switch
        {
            Operation.Remember => new Upkeep(context, _observer).Remember(deadline),
            Operation.Forget => new Upkeep(context, _observer).Forget(),
            Operation.UpdateUtilization => new Upkeep(context, _observer).UpdateUtilization(deadline),
            Operation.SaveConfiguration => new ConfigurationKeeper(context).Save(deadline),
            Operation.LoadConfiguration => _starting.LoadConfiguration(deadline),
            Operation.CheckLockGuard => _starting.CheckLockGuard(deadline),
            Operation.OrderDaemons => PacemakerOrder.Ensure(deadline),
            Operation.StartResources => _starting.StartResources(context.Hypervisor, deadline),
            Operation.PrepareImage => new ImagePreparation(context).Prepare(deadline),
            Operation.DecideMemory => _starting.DecideMemory(deadline),
            Operation.StartDomain => _starting.Start(deadline),
            Operation.FindLeaseHolder => new LeaseHolderSearch(context).Find(deadline),
            Operation.CheckLeases => new Checks(context).Leases(deadline),
            Operation.PingMonitor => new Checks(context).PingMonitor(deadline),
            Operation.PingGuestAgent => new Checks(context).PingGuestAgent(deadline),
            Operation.RunMonitorScripts => new Checks(context).RunScripts(deadline),
            Operation.SaveMemory => new Stopping(context).SaveMemory(deadline),
            Operation.RequestShutdown request => new Stopping(context).RequestShutdown(request.Via, deadline),
            Operation.WakeUp => new Stopping(context).WakeUp(deadline),
            Operation.AbortJob => new Stopping(context).AbortJob(deadline),
            Operation.Destroy => new Stopping(context).Destroy(deadline),
            Operation.TerminateProcess => new Stopping(context).Signal(Tmds.Linux.LibC.SIGTERM, deadline),
            Operation.KillProcess => new Stopping(context).Signal(Tmds.Linux.LibC.SIGKILL, deadline),
            Operation.CheckMigration => new MigrationCheck(context).Check(deadline),
            Operation.Migrate => new MigrationRun(context, _observer).Run(deadline),
            _ => throw new InvalidOperationException(operation.ToString()),
        };

        // A failure that ends the action becomes its reason; whatever else is said is a line in the log.
        if (result is { Succeeded: true, Message: string message } && operation is not (Operation.Migrate or Operation.FindLeaseHolder))
        {
            if (!result.Lasts || !WasSaid(operation))
                context.Log.Write(new LogMessage(Severity.Warning, message));
        }
        else if (
            result is { Succeeded: false, Message: string failure }
            && operation is Operation.RequestShutdown or Operation.SaveMemory or Operation.WakeUp or Operation.AbortJob or Operation.Destroy
        )
            context.Log.Write(new LogMessage(operation is Operation.RequestShutdown ? Severity.Info : Severity.Warning, failure));
        return result;
    }

    /// <summary>Whether an earlier monitor said it.</summary>
    private bool WasSaid(Operation operation)
    {
        if (context.Invocation.Action != Core.Ocf.OcfAction.Monitor || context.Resolver.Record is not { IsActive: true } known)
            return false;
        if (known.Saying(operation.GetType().Name) is not GuestRecord said)
            return true;
        context.Resolver.Save(said);
        return false;
    }

    public void Dispose() => _process?.Dispose();

    /// <summary>The guest's process, searched for once: what is not found then is waited for by looking at the guest.</summary>
    private QemuProcess? Process(Deadline deadline)
    {
        if (_isSearched || context.Identity is not GuestIdentity identity || !context.IsLocalQemu)
            return null;
        _isSearched = true;
        return context.Processes.Find(identity, context.Resolver.Record, deadline).IsKnown(out QemuProcess? process) ? process : null;
    }

    /// <summary>What an operation waits for.</summary>
    private static string ObjectOf(Operation operation) =>
        operation switch
        {
            Operation.Remember or Operation.Forget => "its state directory",
            Operation.LoadConfiguration or Operation.SaveConfiguration => "the volume of its configuration file",
            Operation.CheckLockGuard or Operation.CheckLeases => "the lockspace",
            Operation.OrderDaemons => "systemd",
            Operation.PrepareImage => "the volume of its image",
            Operation.DecideMemory => "the volume of its saved memory",
            Operation.UpdateUtilization => "crm_resource",
            Operation.RunMonitorScripts => "a monitor script",
            Operation.PingGuestAgent => "the guest agent",
            Operation.TerminateProcess or Operation.KillProcess => "the end of its QEMU process",
            Operation.CheckMigration or Operation.Migrate => "libvirt on either end of the migration",
            _ => "libvirt",
        };
}
