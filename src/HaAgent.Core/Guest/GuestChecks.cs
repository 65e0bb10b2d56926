using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>What is done for a guest that is active, in order; each once.</summary>
internal sealed class GuestChecks(Situation situation)
{
    private const double MonitorAnswerSeconds = 10;

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
        if (active.By == Evidence.Libvirt && !active.IsPausedByError)
        {
            if (situation.Last<Operation.PingMonitor>() is not Done ping)
                return situation.Perform(new Operation.PingMonitor(), Math.Min(MonitorAnswerSeconds, situation.Remaining.TotalSeconds / 2));
            if (!ping.Result.Succeeded)
                return Fail(ping.Result);
        }

        // A paused guest holds no lease (virtlockd releases it), so only one that runs is asked for it.
        if (active.State is DomainState.Running or DomainState.Blocked or DomainState.Unknown && !situation.Did<Operation.CheckLeases>())
            return situation.Perform(new Operation.CheckLeases(), 5);
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
