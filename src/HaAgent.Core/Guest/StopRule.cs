using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>
/// stop: 0 only with proof that the guest is not active here. A ladder within the deadline: save its memory if asked → ask the guest,
/// again and again → destroy → SIGTERM and SIGKILL to the verified process.
/// </summary>
public sealed class StopRule : IRule
{
    /// <summary>A guest that is just booting throws the power button's event away, so it is pressed again.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);

    /// <summary>How long a libvirt that was just restarted gets to come back, before the process is ended without it.</summary>
    private static readonly TimeSpan PatienceWithLibvirt = TimeSpan.FromSeconds(10);

    /// <summary>How long a guest that is paused for a snapshot, or the like, gets to run again. One that does not run yet, or that a
    /// broken migration left behind, is destroyed then.</summary>
    private static readonly TimeSpan PatienceWithJobs = TimeSpan.FromSeconds(10);

    /// <summary>How long a guest that was woken up gets to be awake.</summary>
    private static readonly TimeSpan PatienceWithSleeper = TimeSpan.FromSeconds(5);

    /// <summary>libvirt's destroy needs up to 11.4 s for a QEMU that stands still (measured).</summary>
    private const double DestroySeconds = 12;

    /// <summary>Between libvirt's word that the guest is destroyed and its being seen as gone.</summary>
    private static readonly TimeSpan PatienceAfterDestroy = TimeSpan.FromSeconds(3);

    /// <summary>What SIGKILL and looking again need.</summary>
    private static readonly TimeSpan KillReserve = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public NextStep Decide(Situation situation) =>
        situation.Guest switch
        {
            Observation.Absent absent => Stopped(situation, absent),
            Observation.Foreign foreign => foreign.OurDisk.Match<NextStep>(
                disk => new NextStep.Finish(new Outcome(ExitCode.Generic, foreign.Writes(situation.Domain, disk))),
                () =>
                    new NextStep.Finish(Outcome.Success)
                    {
                        Log = new LogMessage(
                            Severity.Warning,
                            $"{situation.Domain} is not active here; {foreign.Describe()} is, and was left alone: it is not this resource's"
                        ),
                    },
                why => CannotTell(situation, foreign.CannotTell(why))
            ),
            Observation.Unknown unknown => CannotTell(situation, unknown),
            Observation.Active active => Stop(situation, active),
            _ => throw new InvalidOperationException(),
        };

    /// <summary>When the guest is no longer asked but made to end: the operation's timeout less
    /// <see cref="OwnParameters.StopReserve"/>.</summary>
    public static TimeSpan GracefulEnd(Situation situation)
    {
        TimeSpan timeout = situation.Invocation.Timeout;
        TimeSpan reserve = situation.Settings.StopReserve is long seconds
            ? TimeSpan.FromSeconds(seconds)
            : Situation.Clamp(timeout / 6, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));

        // A short timeout is shared evenly: half for asking, half for ending.
        if (situation.Settings.StopReserve is null && reserve > timeout / 2)
            reserve = timeout / 2;
        return reserve >= timeout ? TimeSpan.Zero : timeout - reserve;
    }

    private static NextStep Stopped(Situation situation, Observation.Absent absent)
    {
        if (!situation.Did<Operation.Forget>())
            return situation.Perform(new Operation.Forget(), 5);
        return new NextStep.Finish(Outcome.Success)
        {
            Log = new LogMessage(
                Severity.Info,
                situation.Looks == 1
                    ? $"{situation.Domain} is already stopped: {absent.How}"
                    : $"{situation.Domain} is stopped: {absent.How}"
            ),
        };
    }

    private static NextStep CannotTell(Situation situation, Observation.Unknown unknown)
    {
        if ((!unknown.WithoutIdentity || unknown.MayPass) && situation.Remaining > TimeSpan.FromSeconds(1))
        {
            return new NextStep.Wait(situation.AtMost(TimeSpan.FromSeconds(1)))
            {
                Log =
                    situation.Looks == 1
                        ? new LogMessage(
                            Severity.Warning,
                            $"Waiting up to {situation.Remaining.TotalSeconds:F0} s until one can tell whether "
                                + $"{situation.Domain} is active here, to end it then: {unknown.Why}"
                        )
                        : null,
            };
        }

        return new NextStep.Finish(new Outcome(ExitCode.Generic, $"Cannot prove that {situation.Domain} is stopped: {unknown.Why}"));
    }

    private static NextStep Stop(Situation situation, Observation.Active active)
    {
        bool patient = situation.Elapsed < GracefulEnd(situation);
        if (active.By == Evidence.Libvirt)
        {
            if (patient && !active.IsBroken && !situation.Settings.ForceStop && !situation.Did<Operation.Destroy>())
                return Ask(situation, active);
            if (!situation.Did<Operation.Destroy>())
            {
                double seconds = Math.Min(DestroySeconds, (situation.Remaining - KillReserve).TotalSeconds);
                if (seconds > 0.2)
                    return Step(
                        situation,
                        new Operation.Destroy(),
                        seconds,
                        Severity.Info,
                        $"Destroying {situation.Domain}: {WhyDestroy(situation, active)}"
                    );
            }
        }
        else if (
            active.By == Evidence.ProcessOnly
            && patient
            && situation.Elapsed < Situation.Clamp(situation.Invocation.Timeout / 4, TimeSpan.FromSeconds(1), PatienceWithLibvirt)
            && !situation.Did<Operation.TerminateProcess>()
        )
        {
            return new NextStep.Wait(TimeSpan.FromSeconds(1))
            {
                Log =
                    situation.Looks == 1
                        ? new LogMessage(
                            Severity.Warning,
                            $"libvirt does not answer while {situation.Domain} is to be stopped; it gets a moment to come back"
                        )
                        : null,
            };
        }

        return EndProcess(situation, active);
    }

    private static NextStep Ask(Situation situation, Observation.Active active)
    {
        // A volume that stands still must not take the time in which the guest is asked.
        TimeSpan left = GracefulEnd(situation) - situation.Elapsed;
        if (situation.Settings.SaveConfigOnStop && !situation.Did<Operation.SaveConfiguration>())
            return situation.Perform(new Operation.SaveConfiguration(), Math.Min(10, left.TotalSeconds / 4));

        // libvirt saves nothing and asks for nothing while another job has the guest.
        bool endsByItself = active.Paused is PausedReason.Save or PausedReason.Dump or PausedReason.Snapshot or PausedReason.ShuttingDown;
        bool waitsForJob = active.IsPausedForAJob && (endsByItself || situation.Elapsed < PatienceWithJobs);
        if (waitsForJob)
            return AwaitJob(situation, active, left);
        if (situation.Settings.Snapshot.Length > 0 && !situation.Did<Operation.SaveMemory>())
            return Step(
                situation,
                new Operation.SaveMemory(),
                left.TotalSeconds,
                Severity.Info,
                $"Saving the memory of {situation.Domain} to {situation.Settings.Snapshot}"
            );

        if (active.State == DomainState.PmSuspended)
        {
            if (situation.Last<Operation.WakeUp>() is not Done woken)
                return Step(situation, new Operation.WakeUp(), 5, Severity.Info, $"Waking {situation.Domain} up, so that it can shut down");
            if (woken.Result.Succeeded && situation.Elapsed - woken.At < PatienceWithSleeper)
                return new NextStep.Wait(TimeSpan.FromSeconds(1));
        }

        // A guest that somebody paused cannot hear the question.
        if (active.State is DomainState.Paused or DomainState.PmSuspended)
            return Step(
                situation,
                new Operation.Destroy(),
                DestroySeconds,
                Severity.Info,
                $"Destroying {situation.Domain}: it is {active.Describe()} and cannot shut down by itself"
            );

        Done? asked = situation.Last<Operation.RequestShutdown>();
        ShutdownVia via = Via(situation, asked);
        bool changedWay = asked?.Operation is Operation.RequestShutdown last && last.Via != via;
        if (asked is null || changedWay || situation.Elapsed - asked.At >= AskAgainAfter)
        {
            string how = via.ToString().ToLowerInvariant();
            return Step(
                situation,
                new Operation.RequestShutdown(via),
                Math.Min(5, left.TotalSeconds),
                Severity.Info,
                $"Asking {situation.Domain} to shut down ({how}), and waiting up to {left.TotalSeconds:F0} s"
            );
        }

        TimeSpan untilAgain = asked.At + AskAgainAfter - situation.Elapsed;
        return new NextStep.Wait(untilAgain < left ? untilAgain : left);
    }

    /// <summary>
    /// A guest that is paused by a job (a save, a dump, a snapshot) runs again, or ends, when that is over: destroyed in its middle it
    /// would lose what its disks do not have yet. After a while the job is broken off, where that helps.
    /// </summary>
    private static NextStep AwaitJob(Situation situation, Observation.Active active, TimeSpan left)
    {
        bool mayAbort = active.Paused is PausedReason.Dump or PausedReason.Snapshot or PausedReason.Save;
        TimeSpan patience = Min(PatienceWithJobs, GracefulEnd(situation) / 2);
        return mayAbort && situation.Elapsed >= patience && !situation.Did<Operation.AbortJob>()
            ? Step(
                situation,
                new Operation.AbortJob(),
                Math.Min(5, left.TotalSeconds),
                Severity.Warning,
                $"Breaking off what {situation.Domain} is paused for: it is {active.Describe()} and has to stop"
            )
            : new NextStep.Wait(Min(TimeSpan.FromSeconds(1), left));
    }

    /// <summary>As shutdown_mode says; without it the guest agent first and, once it failed, the power button.</summary>
    private static ShutdownVia Via(Situation situation, Done? asked) =>
        situation.Settings.ShutdownMode switch
        {
            "acpi" => ShutdownVia.Acpi,
            "agent" => ShutdownVia.Agent,
            "initctl" => ShutdownVia.Initctl,
            "signal" => ShutdownVia.Signal,
            "paravirt" => ShutdownVia.Paravirt,
            _ when asked is null => ShutdownVia.Agent,
            _ when asked.Operation is Operation.RequestShutdown { Via: ShutdownVia.Agent }
                    && asked.Result.Succeeded
                    && situation.Elapsed - asked.At < AskAgainAfter => ShutdownVia.Agent,
            _ => ShutdownVia.Acpi,
        };

    private static string WhyDestroy(Situation situation, Observation.Active active) =>
        active.IsBroken || active.IsPausedForAJob ? $"it is {active.Describe()} and cannot shut down by itself"
        : situation.Settings.ForceStop ? "force_stop is set"
        : $"it did not shut down within {GracefulEnd(situation).TotalSeconds:F0} s";

    private static NextStep EndProcess(Situation situation, Observation.Active active)
    {
        // libvirt says that it ended the guest; what is seen follows in a moment.
        if (situation.Last<Operation.Destroy>() is { Result.Succeeded: true } destroyed && !situation.Did<Operation.KillProcess>())
        {
            TimeSpan patience = Min(destroyed.At + PatienceAfterDestroy, situation.Deadline - KillReserve);
            if (situation.Elapsed < patience)
                return new NextStep.Wait(patience - situation.Elapsed);
        }

        // A destroy that succeeded, or that took its time in a libvirt which answers, has sent SIGTERM itself (virProcessKillPainfully).
        // One that failed at once, or that a daemon which stands still was asked for, has not, and QEMU writes what it has still to write
        // when it is asked first.
        bool isAsked =
            situation.Last<Operation.Destroy>() is { } destroy
            && (destroy.Result.Succeeded || (destroy.Result.Kind == FailureKind.TimedOut && active.By == Evidence.Libvirt));
        Done? terminated = situation.Last<Operation.TerminateProcess>();
        if (terminated is null && !isAsked && situation.Remaining > KillReserve && !situation.Did<Operation.KillProcess>())
            return Step(
                situation,
                new Operation.TerminateProcess(),
                2,
                Severity.Warning,
                $"Ending the QEMU process of {situation.Domain} with SIGTERM, because libvirt does not do it"
            );

        // QEMU closes its disks on SIGTERM; it gets as long as the timeout allows, then SIGKILL.
        TimeSpan killAt = terminated is null
            ? TimeSpan.Zero
            : Min(terminated.At + TimeSpan.FromSeconds(10), situation.Deadline - KillReserve);
        if (!situation.Did<Operation.KillProcess>())
        {
            return situation.Elapsed < killAt
                ? new NextStep.Wait(killAt - situation.Elapsed)
                : Step(
                    situation,
                    new Operation.KillProcess(),
                    2,
                    Severity.Warning,
                    $"Ending the QEMU process of {situation.Domain} with SIGKILL"
                );
        }

        return situation.Remaining > TimeSpan.FromMilliseconds(50)
            ? new NextStep.Wait(situation.AtMost(TimeSpan.FromSeconds(1)))
            : new NextStep.Finish(new Outcome(ExitCode.Generic, NotEnded(situation)));
    }

    private static string NotEnded(Situation situation)
    {
        string? why = situation.Last<Operation.KillProcess>()?.Result.Message ?? situation.Last<Operation.Destroy>()?.Result.Message;
        return $"{situation.Domain} is still active after SIGKILL{(why is null ? "" : $": {why}")}. Its process most likely waits for "
            + "storage; the node must be fenced to be sure";
    }

    private static NextStep.Perform Step(Situation situation, Operation operation, double seconds, Severity severity, string text) =>
        new(operation, situation.AtMost(TimeSpan.FromSeconds(seconds))) { Log = new LogMessage(severity, text) };

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
