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
    private QemuProcess? _process;

    /// <inheritdoc/>
    public TimeSpan Elapsed => context.Elapsed;

    /// <inheritdoc/>
    public string? DomainName => context.Identity?.Name;

    /// <inheritdoc/>
    public Observation Observe(TimeSpan within) => _observer.Observe(within);

    /// <inheritdoc/>
    public void Say(Remark remark) => context.Log.Say(remark);

    /// <inheritdoc/>
    public void WaitForChange(TimeSpan atMost)
    {
        if (_process is null && context.Identity is GuestIdentity identity
            && ProcessTable.FromPidFile(identity) is Fact<QemuProcess>.Known found)
            _process = found.Value;
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
        OperationResult result = operation switch
        {
            Operation.Remember => new Upkeep(context, _observer).Remember(),
            Operation.Forget => new Upkeep(context, _observer).Forget(),
            Operation.UpdateUtilization => new Upkeep(context, _observer).UpdateUtilization(within),
            Operation.SaveConfiguration => new ConfigurationKeeper(context).Save(within),
            Operation.LoadConfiguration => new Starting(context).LoadConfiguration(within),
            Operation.CheckLockGuard => new Starting(context).CheckLockGuard(within),
            Operation.OrderDaemons => DaemonOrdering.Ensure(within),
            Operation.StartResources => new Starting(context).StartResources(context.Hypervisor, within),
            Operation.PrepareImage => new ImagePreparation(context).Prepare(within),
            Operation.StartDomain => new Starting(context).Start(within),
            Operation.FindLeaseHolder => new LeaseHolderSearch(context).Find(within),
            Operation.CheckLeases => new Checks(context).Leases(within),
            Operation.PingMonitor => new Checks(context).PingMonitor(within),
            Operation.PingGuestAgent => new Checks(context).PingGuestAgent(within),
            Operation.RunMonitorScripts => new Checks(context).RunScripts(within),
            Operation.SaveMemory => new Stopping(context).SaveMemory(within),
            Operation.RequestShutdown request => new Stopping(context).RequestShutdown(request.Via, within),
            Operation.WakeUp => new Stopping(context).WakeUp(within),
            Operation.Destroy => new Stopping(context).Destroy(within),
            Operation.TerminateProcess => new Stopping(context).Signal(Tmds.Linux.LibC.SIGTERM, within),
            Operation.KillProcess => new Stopping(context).Signal(Tmds.Linux.LibC.SIGKILL, within),
            Operation.CheckMigration => new MigrationCheck(context).Check(within),
            Operation.Migrate => new MigrationRun(context, _observer).Run(within),
            _ => throw new InvalidOperationException(operation.ToString()),
        };

        // A failure that ends the action becomes its reason; whatever else is said is a line in the log.
        if (result is { Succeeded: true, Message: string remark } && operation is not (Operation.Migrate or Operation.FindLeaseHolder))
            context.Log.Say(new Remark(Severity.Warning, remark));
        else if (result is { Succeeded: false, Message: string failure }
            && operation is Operation.RequestShutdown or Operation.SaveMemory or Operation.WakeUp or Operation.Destroy)
            context.Log.Say(new Remark(operation is Operation.RequestShutdown ? Severity.Info : Severity.Warning, failure));
        return result;
    }

    public void Dispose() => _process?.Dispose();
}
