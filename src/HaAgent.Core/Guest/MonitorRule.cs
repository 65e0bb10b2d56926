using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>
/// monitor and status: 0 when the guest is active here, 7 only with proof that it is not, something else when one cannot tell.
/// Check level 10 adds QEMU's monitor and the leases, level 20 the guest agent (OCF 1.1, "Check levels").
/// </summary>
public sealed class MonitorRule : IRule
{
    /// <summary>How long a guest may look gone before it counts as gone: a reboot or a libvirt restart can look so (resource-agents #308,
    /// #1613).</summary>
    private static readonly TimeSpan Resample = TimeSpan.FromMilliseconds(300);

    /// <inheritdoc/>
    public NextStep Decide(Situation situation) =>
        situation.Guest switch
        {
            Observation.Active active => Alive(situation, active),
            Observation.Absent absent => Gone(situation, absent),
            Observation.Foreign foreign => foreign.OurDisk.Match<NextStep>(
                disk => Finish(ExitCode.Generic, foreign.Writes(situation.Domain, disk)),
                () =>
                    Finish(
                        ExitCode.NotRunning,
                        $"{situation.Domain} is not active here; {foreign.Describe()} is, which this resource leaves alone. Give one of "
                            + $"them {(foreign.SharesName ? "another name" : "a UUID of its own")}"
                    ),
                why => CannotTell(situation, foreign.CannotTell(why))
            ),
            Observation.Unknown unknown => CannotTell(situation, unknown),
            _ => throw new InvalidOperationException(),
        };

    private static NextStep Gone(Situation situation, Observation.Absent absent)
    {
        if (situation.Invocation.IsProbe)
            return new NextStep.Finish(new Outcome(ExitCode.NotRunning))
            {
                Log = new LogMessage(Severity.Debug, $"{situation.Domain} is not active here: {absent.How}"),
            };

        // Whether it should be running is Pacemaker's knowledge, not ours: a monitor that finds a stopped guest is normal after a stop.
        if (situation.Looks < 2 && situation.Remaining > Resample)
            return new NextStep.Wait(Resample);
        return new NextStep.Finish(new Outcome(ExitCode.NotRunning))
        {
            Log = new LogMessage(Severity.Info, $"{situation.Domain} is not active here: {absent.How}"),
        };
    }

    private static NextStep CannotTell(Situation situation, Observation.Unknown unknown)
    {
        // An error of a probe has the cluster stop the guest wherever it runs: it takes all the time that it has before that, in which a
        // missing file may appear.
        bool mayChange =
            unknown.MayPass || situation.Invocation.IsProbe || (!unknown.WithoutIdentity && (situation.Looks < 5 || unknown.SettlesSoon));
        if (mayChange && situation.Remaining > TimeSpan.FromSeconds(1))
            return new NextStep.Wait(TimeSpan.FromMilliseconds(500));

        // After a boot the volume may not be mounted yet, so that nobody can say which guest it is about, or whether a namesake that runs
        // here is that guest. To Pacemaker a probe's 5 is a stopped resource that may not run on this node (unpack_rsc_op_failure): it
        // leaves the guest alone where it runs well, and would start a second copy elsewhere. Where a namesake runs that no locks keep from
        // that it is an error. Where nothing bears its name the 5 is the lesser harm: after an error the cluster has this node stop what
        // never ran here, which it cannot prove either, and fences it for that.
        return Finish(
            situation.Invocation.IsProbe && unknown.MayStartElsewhere ? ExitCode.Installed : ExitCode.Generic,
            unknown.WithoutIdentity ? unknown.Why : $"Cannot tell whether {situation.Domain} is active here: {unknown.Why}"
        );
    }

    private static NextStep Alive(Situation situation, Observation.Active active)
    {
        if (active.By == Evidence.ProcessLostByLibvirt)
        {
            // A guest that is just ending looks like this for a moment.
            return situation.Looks < 4 && situation.Remaining > Resample
                ? new NextStep.Wait(Resample)
                : Finish(
                    ExitCode.Generic,
                    $"The QEMU process of {situation.Domain} is alive, but libvirt does not know the domain any more. Stop the resource: "
                        + "its process will be ended"
                );
        }

        if (active.State == DomainState.NoState && situation.Looks < 5 && situation.Remaining > Resample)
            return new NextStep.Wait(Resample);
        if (active.State == DomainState.Crashed)
            return Finish(
                ExitCode.Generic,
                $"{situation.Domain} has crashed. Its console or core dump may say why; the cluster recovers it"
            );
        return new GuestChecks(situation).Next() ?? Verdict(situation, active);
    }

    private static NextStep Verdict(Situation situation, Observation.Active active)
    {
        if (active.IsPausedByError)
            return Judge(
                situation.Settings.OnPausedError,
                $"{situation.Domain} is {active.Describe()}. Look at its disks and its log in /var/log/libvirt; the policy is "
                    + "on_paused_error"
            );
        if (GuestChecks.LostLease(situation, active) is OperationResult lost)
            return Judge(situation.Settings.OnLockLost, lost.Message!);
        if (active.By == Evidence.ProcessOnly)
        {
            return new NextStep.Finish(Outcome.Success)
            {
                Log = new LogMessage(
                    Severity.Warning,
                    $"libvirt does not answer; {situation.Domain} is taken for running because its QEMU process lives. Check the libvirt "
                        + "daemon of this node"
                        + (
                            situation.Last<Operation.CheckLeases>() is { Result.Kind: FailureKind.LeaseLost } missing
                                ? $". Should it not be paused: {missing.Result.Message}"
                                : ""
                        )
                ),
            };
        }

        return active.State is DomainState.Running or DomainState.Blocked
            ? new NextStep.Finish(Outcome.Success)
            : new NextStep.Finish(Outcome.Success) { Log = new LogMessage(Severity.Info, $"{situation.Domain} is {active.Describe()}") };
    }

    private static NextStep.Finish Judge(Policy policy, string finding) =>
        policy switch
        {
            Policy.Fail => Finish(ExitCode.Generic, finding),
            Policy.Degraded => Finish(ExitCode.Degraded, finding),
            Policy.Ignore => new NextStep.Finish(Outcome.Success) { Log = new LogMessage(Severity.Warning, finding) },
        };

    private static NextStep.Finish Finish(ExitCode code, string reason) => new NextStep.Finish(new Outcome(code, reason));
}
