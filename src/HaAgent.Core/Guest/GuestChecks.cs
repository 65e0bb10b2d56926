using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>What is done for a guest that is active, in order; each once.</summary>
internal sealed class GuestChecks(Situation situation)
{
    private const double MonitorAnswerSeconds = 10;

    /// <summary>A job may have begun between the look and the question.</summary>
    private static readonly TimeSpan BeforeLookingAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>Longer than a guest is running without its leases by libvirt's word.</summary>
    private static readonly TimeSpan BetweenLeaseChecks = TimeSpan.FromSeconds(1);

    private readonly Settings _settings = situation.Settings;

    /// <summary>The next check that is due, or the failure of one; null when all are done and well, or left to a policy.</summary>
    public NextStep? Next()
    {
        if (!situation.Did<Operation.Remember>())
            return situation.Perform(new Operation.Remember(), 5);

        var active = (Observation.Active)situation.Guest;
        bool hasLibvirt = active.By == Evidence.Libvirt;
        if (hasLibvirt && !situation.Did<Operation.UpdateUtilization>())
            return situation.Perform(new Operation.UpdateUtilization(), 5);
        if (hasLibvirt && _settings.SaveConfigOnStop && !situation.Did<Operation.SaveConfiguration>())
            return situation.Perform(new Operation.SaveConfiguration(), 10);
        return (situation.Invocation.CheckLevel >= 10 ? Deep(active) : null) ?? Scripts(active);
    }

    private NextStep? Deep(Observation.Active active)
    {
        // A QEMU that is being saved, dumped or snapshotted has no time for other questions.
        if (active is { By: Evidence.Libvirt, IsPausedByError: false, IsPausedForAJob: false })
        {
            if (situation.Last<Operation.PingMonitor>() is not Done ping)
                return situation.Perform(new Operation.PingMonitor(), Math.Min(MonitorAnswerSeconds, situation.Remaining.TotalSeconds / 2));
            if (!ping.Result.Succeeded && situation.Elapsed - ping.At < BeforeLookingAgain)
                return new NextStep.Wait(BeforeLookingAgain);
            if (!ping.Result.Succeeded)
                return Fail(ping.Result);
        }

        if (Leases(active) is NextStep leases)
            return leases;
        if (
            situation.Invocation.CheckLevel >= 20
            && _settings.MonitorGuestAgent
            && active is { By: Evidence.Libvirt, State: DomainState.Running }
        )
        {
            if (situation.Last<Operation.PingGuestAgent>() is not Done ping)
                return situation.Perform(new Operation.PingGuestAgent(), MonitorAnswerSeconds);
            if (!ping.Result.Succeeded)
                return Fail(ping.Result);
        }

        return null;
    }

    /// <summary>
    /// The check of the leases that is due. A paused guest holds none (libvirt gives them back before it says so, and takes them again
    /// before the guest runs), so that only one that runs is asked for them, and one that seems to have lost them is looked at and asked
    /// again.
    /// </summary>
    public NextStep? Leases(Observation.Active active)
    {
        if (active.State is not (DomainState.Running or DomainState.Blocked or DomainState.Unknown))
            return null;
        if (situation.Last<Operation.CheckLeases>() is not Done last)
            return situation.Perform(new Operation.CheckLeases(), 5);
        bool isLast = situation.History.Count(done => done.Operation is Operation.CheckLeases) > 1;
        if (isLast || last.Result.Kind != FailureKind.LeaseLost || situation.Remaining < 2 * BetweenLeaseChecks)
            return null;
        TimeSpan wait = last.At + BetweenLeaseChecks - situation.Elapsed;
        return wait > TimeSpan.Zero ? new NextStep.Wait(wait) : situation.Perform(new Operation.CheckLeases(), 5);
    }

    /// <summary>What is wrong with the leases of a guest that runs for certain; null: nothing, or it may be paused.</summary>
    public static OperationResult? LostLease(Situation situation, Observation.Active active) =>
        active.State is DomainState.Running or DomainState.Blocked
        && situation.Last<Operation.CheckLeases>() is { Result: { Kind: FailureKind.LeaseLost } lost }
            ? lost
            : null;

    /// <summary>The monitor scripts; also what start and migrate_from wait for.</summary>
    private NextStep? Scripts(Observation.Active active)
    {
        if (_settings.MonitorScripts.Length == 0 || active.State == DomainState.Paused)
            return null;
        if (situation.Last<Operation.RunMonitorScripts>() is not Done scripts)
            return new NextStep.Perform(new Operation.RunMonitorScripts(), situation.Remaining);
        return scripts.Result.Succeeded ? null : Fail(scripts.Result);
    }

    private static NextStep.Finish Fail(OperationResult result) => new(new Outcome(result.Code, result.Message));
}
