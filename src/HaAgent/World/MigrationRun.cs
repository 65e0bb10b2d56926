using System.Globalization;
using HaAgent.Core.Guest;
using HaAgent.Core.Migration;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>Migrates, watches, ends it in time, and afterwards believes neither an error nor a success but what both ends say.</summary>
internal sealed class MigrationRun(AgentContext context, GuestObserver observer)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);

    /// <summary>For a call beside the migration, and for one to a daemon that did not answer the last.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TimeForHung = TimeSpan.FromMilliseconds(300);

    /// <summary>Aborting, and asking both ends.</summary>
    private static readonly TimeSpan LongestReserve = TimeSpan.FromSeconds(10);

    private readonly MigrationTarget _target = new(context);
    private readonly Bounded _watch = new();
    private bool _sourceHangs;

    /// <summary>Done when the guest runs on the target and not here.</summary>
    public OperationResult Run(Deadline deadline)
    {
        TimeSpan within = deadline.Left;
        // Asking both ends takes its time when one of them hangs, and so does coming back.
        TimeSpan end = context.Elapsed + (within * 0.9);
        TimeSpan reserve = within / 4 < LongestReserve ? within / 4 : LongestReserve;
        using HypervisorSession there = There();
        there.Do(deadline.Share(1.0 / 3), _ => { });
        if (there.Connection is not LibvirtConnection target || context.Hypervisor.Connection is not LibvirtConnection source)
            return OperationResult.Failed($"{context.Domain} was not migrated and runs on here: libvirt on {_target.Node} does not answer");

        var job = new MigrationJob(context.Hypervisor.Uri, target, _target.Uri, context.Identity!, _target.Request());
        if (context.Settings.MigrationSpeed > 0)
            OnSource(source, domain => LibvirtMigration.SetMaxSpeed(domain, context.Settings.MigrationSpeed));
        job.Start();
        Watch(job, source, end - reserve);
        if (!job.IsOver)
            EndInTime(job, source, end - (reserve / 3));
        if (job.IsOver)
            return Truth(job, there, end);

        // The migration may still be in a call on the connection that it got, and would hold up ours.
        using HypervisorSession another = There();
        return Truth(job, another, end);
    }

    private HypervisorSession There() => new(_target.Uri, $"libvirt on {_target.Node}");

    private void Watch(MigrationJob job, LibvirtConnection source, TimeSpan until)
    {
        // Post-copy and suspend need time to finish after they were asked for; abort needs little.
        if (context.Settings.MigrationTimeoutAction != "abort")
            until = context.Elapsed + ((until - context.Elapsed) * 0.6);
        TimeSpan nextReport = context.Elapsed + ReportEvery;
        bool downtimeIsSet = context.Settings.MigrationDowntime == 0;
        while (context.Elapsed < until && !job.WaitForEnd(Tick))
        {
            // Too little time to tell a daemon that hangs from one that is only slow.
            if (until - context.Elapsed < TimeForHung)
                continue;
            MigrationProgress progress = OnSource(source, LibvirtMigration.Progress, until - context.Elapsed);
            if (progress.IsRunning && !downtimeIsSet)
            {
                OnSource(source, domain => LibvirtMigration.SetMaxDowntime(domain, context.Settings.MigrationDowntime));
                downtimeIsSet = true;
            }

            if (progress.IsRunning && context.Elapsed >= nextReport)
            {
                nextReport = context.Elapsed + ReportEvery;
                context.Log.Write(new LogMessage(Severity.Info, MigrationReport.Line(context.Domain, _target.Node, progress)));
            }
        }
    }

    private void EndInTime(MigrationJob job, LibvirtConnection source, TimeSpan until)
    {
        string action = context.Settings.MigrationTimeoutAction;
        if (action == "postcopy")
        {
            Warn($"The migration of {context.Domain} does not finish in time; switching to post-copy");
            if (OnSource(source, LibvirtMigration.StartPostCopy, Severity.Warning))
            {
                job.WaitForEnd(until - context.Elapsed);
                return;
            }
        }

        bool suspended = action == "suspend";
        if (suspended)
        {
            Warn($"The migration of {context.Domain} does not finish in time; pausing the guest so that it can");
            OnSource(source, domain => domain.Suspend());
            if (job.WaitForEnd(until - context.Elapsed))
                return;
        }

        Warn($"The migration of {context.Domain} does not finish in time; aborting it. The guest runs on here");
        job.WasAborted = true;
        OnSource(source, LibvirtMigration.Abort);
        job.WaitForEnd(until > context.Elapsed ? until - context.Elapsed : TimeSpan.FromSeconds(1));
        if (suspended)
            OnSource(source, domain => domain.Resume());
    }

    /// <summary>What both ends say (seapath meta #22: it worked, and the tool said it failed).</summary>
    private OperationResult Truth(MigrationJob job, HypervisorSession there, TimeSpan end)
    {
        Observation here = observer.Observe(Deadline.In((end - context.Elapsed) / 2));
        (bool isActive, MigrationProgress completed) = there.Ask(
            Deadline.In(end - context.Elapsed),
            connection =>
            {
                using LibvirtDomain? domain = connection.Find(context.Identity!);
                DomainState? state = domain is { IsActive: true } ? domain.Info().State : null;

                // One that is being received is paused there, and is taken away again when the migration fails; a guest that was paused
                // here is paused there as well when it has moved.
                bool arrived =
                    state is DomainState.Running or DomainState.Blocked
                    || (state == DomainState.Paused && job is { IsOver: true, Error: null });
                return (arrived, arrived ? Completed(domain!) : default);
            },
            out OperationResult failure
        );
        string why = job.Error is null ? "" : $": {job.Error}";
        string advice =
            !job.IsOver || job.WasAborted
                ? ". It did not finish within the operation's timeout; give migrate_to a longer one, or set migration_auto_converge"
                : "";
        return (here, isActive, failure.Succeeded) switch
        {
            (Observation.Absent, true, _) => OperationResult.DoneWith(MigrationReport.Done(context.Domain, _target.Node, completed)),
            (Observation.Absent, false, false) when job is { IsOver: true, Error: null } => OperationResult.DoneWith(
                $"{context.Domain} was migrated to {_target.Node} ({failure.Message})"
            ),
            (Observation.Absent, false, _) => OperationResult.Failed(
                $"The migration of {context.Domain} to {_target.Node} failed, and the guest is active on neither end{why}"
            ),
            (Observation.Active { State: DomainState.Paused } active, false, _) => OperationResult.Failed(
                $"The migration of {context.Domain} to {_target.Node} failed, and the guest is left {active.Describe()} here{why}"
            ),
            (Observation.Active, false, _) => OperationResult.Failed(
                $"The migration of {context.Domain} to {_target.Node} did not succeed, and the guest runs on here{why}{advice}"
            ),
            (Observation.Active active, true, _) => OperationResult.Failed(
                $"The migration of {context.Domain} to {_target.Node} is not over: the guest is {active.Describe()} here and is being "
                    + $"received there{why}"
            ),
            _ => job is { IsOver: true, Error: null } && isActive
                ? OperationResult.DoneWith(MigrationReport.Done(context.Domain, _target.Node, completed))
                : OperationResult.Failed(
                    $"The migration of {context.Domain} to {_target.Node} ended, and one cannot tell where the guest is{why}"
                ),
        };
    }

    private static MigrationProgress Completed(LibvirtDomain domain)
    {
        try
        {
            return LibvirtMigration.Completed(domain);
        }
        catch (LibvirtException)
        {
            return default;
        }
    }

    private void Warn(string text) => context.Log.Write(new LogMessage(Severity.Warning, text));

    /// <returns>Whether it was done: false, when it failed or did not come back.</returns>
    private bool OnSource(LibvirtConnection source, Action<LibvirtDomain> action, Severity failure = Severity.Debug) =>
        OnSource(
            source,
            domain =>
            {
                action(domain);
                return true;
            },
            failure: failure
        );

    /// <summary>A short call beside the migration; a failure of it is a line in the log at most.</summary>
    private T? OnSource<T>(
        LibvirtConnection source,
        Func<LibvirtDomain, T> call,
        TimeSpan? atMost = null,
        Severity failure = Severity.Debug
    )
    {
        TimeSpan time = _sourceHangs ? TimeForHung : LongestCall;
        if (atMost < time)
            time = atMost.Value;
        try
        {
            _sourceHangs = !_watch.Run(
                Deadline.In(time),
                () =>
                {
                    using LibvirtDomain? domain = source.Find(context.Identity!);
                    return domain is null ? default : call(domain);
                },
                out T? result
            );
            return result;
        }
        catch (LibvirtException e)
        {
            context.Log.Write(new LogMessage(failure, $"libvirt says: {e.Message}"));
            return default;
        }
    }
}

/// <summary>
/// The migration call itself, which comes back when the migration is over, on a thread and a connection of its own. In libvirt 9.0.0 the
/// call of a second thread on one connection can be overlooked while a first one waits (virNetClientIOEventLoop: the wake-up is lost when
/// it comes before the wait begins), and then hangs until the migration is over.
/// </summary>
/// <param name="sourceUri">This node's hypervisor; empty: libvirt's default.</param>
/// <param name="target">Nobody else may use it before the migration is over.</param>
/// <param name="targetUri">What <paramref name="target"/> was opened with.</param>
/// <param name="identity">The guest.</param>
/// <param name="request">How it is to go.</param>
#pragma warning disable CA1001 // The thread that sets the event may outlive the wait; the process ends soon after.
internal sealed class MigrationJob(
    string sourceUri,
    LibvirtConnection target,
    string targetUri,
    GuestIdentity identity,
    MigrateRequest request
)
#pragma warning restore CA1001
{
    private readonly ManualResetEventSlim _over = new();

    /// <summary>It came back.</summary>
    public bool IsOver => _over.IsSet;

    /// <summary>It was ended because its time was up.</summary>
    public bool WasAborted { get; set; }

    /// <summary>What went wrong; null: nothing, or it is not over.</summary>
    public string? Error { get; private set; }

    public void Start() => new Thread(Run) { IsBackground = true, Name = "migration" }.Start();

    /// <summary>Waits for its end.</summary>
    /// <returns>Whether it is over.</returns>
    public bool WaitForEnd(TimeSpan atMost) => _over.Wait(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero);

    private void Run()
    {
        try
        {
            using LibvirtConnection source = LibvirtConnection.Open(sourceUri);
            using LibvirtDomain? domain = source.Find(identity);
            if (domain is null)
                Error = "libvirt on this node does not know the guest any more, so that the migration was not begun";
            else
                LibvirtMigration.Migrate(domain, target, targetUri, request);
        }
        // On a thread of its own, whatever is not caught ends the process in the middle of a move, without an exit code.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            Error = e.Message;
        }

        _over.Set();
    }
}

/// <summary>A migration in words.</summary>
internal static class MigrationReport
{
    private const double Mebi = 1024 * 1024;

    /// <summary>How far it is.</summary>
    public static string Line(string domain, string node, MigrationProgress progress)
    {
        double percent =
            progress.TotalBytes == 0
                ? 0
                : 100.0 * (progress.TotalBytes - Math.Min(progress.RemainingBytes, progress.TotalBytes)) / progress.TotalBytes;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Migrating {domain} to {node}: {percent:F0} %, {progress.ProcessedBytes / Mebi:F0} MiB transferred, "
                + $"{progress.BytesPerSecond / Mebi:F1} MiB/s, "
                + $"{progress.DirtyPagesPerSecond * progress.PageSize / Mebi:F1} MiB/s changed by the guest"
        );
    }

    /// <summary>What it was.</summary>
    public static string Done(string domain, string node, MigrationProgress completed) =>
        completed.ElapsedMilliseconds == 0
            ? $"{domain} was migrated to {node}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{domain} was migrated to {node} in {completed.ElapsedMilliseconds / 1000.0:F1} s, with {completed.DowntimeMilliseconds} "
                    + $"ms of downtime and {completed.ProcessedBytes / Mebi:F0} MiB transferred"
            );
}
