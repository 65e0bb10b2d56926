using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>start: 0 when the guest is active here. What could not be protected is not started.</summary>
public sealed class StartRule : IRule
{
    /// <summary>A guest that dies this soon after its start fails it.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    /// <summary>A lease may be on its way to be given back: another node's stop, a migration that just ended.</summary>
    private static readonly TimeSpan LongestConflict = TimeSpan.FromSeconds(10);

    /// <summary>How long a guest whose configuration was read may still not be found by it.</summary>
    private static readonly TimeSpan PatienceWithLook = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public NextStep Decide(Situation situation) =>
        situation.Guest switch
        {
            Observation.Active active => Active(situation, active),
            Observation.Absent absent => situation.Last<Operation.StartDomain>() is { Result.Succeeded: true }
                ? Fail(
                    ExitCode.Generic,
                    $"{situation.Domain} was started and ended again at once ({absent.How}). Look at its log in /var/log/libvirt/qemu"
                )
                : Begin(situation),
            Observation.Foreign { OurDisk: { State: Node.FactState.Known, Value: string disk } } foreign => Fail(
                ExitCode.Generic,
                foreign.Writes(situation.Domain, disk)
            ),
            Observation.Foreign { SharesName: false } copied => Fail(
                // Not 6, after which Pacemaker starts it nowhere in the cluster: only this node runs the other one.
                ExitCode.Installed,
                copied.Copied(situation.Domain, situation.Settings.Config)
            ),
            Observation.Foreign foreign => Fail(
                ExitCode.Generic,
                $"{situation.Domain} cannot be started: {foreign.Describe()} is active here and is not this resource's. Stop or rename it, "
                    + $"or correct the <uuid> of {situation.Settings.Config}"
            ),
            Observation.Unknown unknown => CannotTell(situation, unknown),
            _ => throw new InvalidOperationException(),
        };

    private static NextStep CannotTell(Situation situation, Observation.Unknown unknown)
    {
        // libvirt was asked and does not answer: the reason is that, and what it may still do.
        if (situation.Last<Operation.StartDomain>() is { Result.Kind: FailureKind.TimedOut } started)
            return Fail(started.Result.Code, started.Result.Message!);

        // Without an identity the configuration is at fault, and reading it says how; or it can be read now, and the guest looked at again.
        if (unknown.WithoutIdentity)
        {
            if (Due<Operation.LoadConfiguration>(situation, 10) is NextStep load)
                return load;
            if (situation.Elapsed - situation.Last<Operation.LoadConfiguration>()!.At < PatienceWithLook)
                return new NextStep.Wait(TimeSpan.FromMilliseconds(100));
        }
        else if (situation.Remaining > LeastTime(situation))
        {
            return new NextStep.Wait(TimeSpan.FromSeconds(1))
            {
                Log = situation.Looks == 1 ? Waiting(situation, $"one cannot tell whether it is active here already: {unknown.Why}") : null,
            };
        }

        return Fail(
            ExitCode.Generic,
            $"{situation.Domain} was not started, because one cannot tell whether it is active here already: {unknown.Why}"
        );
    }

    private static NextStep Begin(Situation situation)
    {
        if (Due<Operation.LoadConfiguration>(situation, 10) is NextStep load)
            return load;
        if (Due<Operation.CheckLockGuard>(situation, 10) is NextStep guard)
            return guard;
        if (Due<Operation.OrderDaemons>(situation, 10) is NextStep order)
            return order;
        if (situation.Settings.StartResources && Due<Operation.StartResources>(situation, 60) is NextStep resources)
            return resources;
        if (situation.Settings.BackingFile.Length > 0 && Due<Operation.PrepareImage>(situation, 600) is NextStep image)
            return image;
        if (Due<Operation.DecideMemory>(situation, 10) is NextStep memory)
            return memory;
        return situation.Last<Operation.StartDomain>() is Done started ? NotStarted(situation, started) : StartDomain(situation);
    }

    /// <summary>The operation if it was not performed yet, or its failure; null when it went well.</summary>
    private static NextStep? Due<T>(Situation situation, double seconds)
        where T : Operation, new()
    {
        if (situation.Last<T>() is not Done done)
            return situation.Perform(new T(), seconds);
        if (done.Result.Succeeded)
            return null;
        TimeSpan left = situation.Remaining - LeastTime(situation);
        if (left <= TimeSpan.Zero || !MayGoAway(done.Result))
            return Fail(done.Result.Code, done.Result.Message!);

        // After a node's crash a cluster volume stands still until that node is fenced, which takes longer than anybody waits for a file.
        // The one question that is left waits as long as there is time; more of them would only pile up. If that one fails, too, it did not
        // wait: a volume that is broken says so at once.
        return done.Result.Kind == FailureKind.TimedOut && situation.History.Count(d => d.Operation is T) == 1
            ? new NextStep.Perform(new T(), left) { Log = Waiting(situation, done.Result.Message!) }
            : AgainInASecond<T>(situation, done) ?? situation.Perform(new T(), seconds);
    }

    /// <summary>What a daemon that is just being restarted, or a volume on which a fencing is pending, makes fail.</summary>
    private static bool MayGoAway(OperationResult result) =>
        result.Kind is FailureKind.TimedOut or FailureKind.Unreachable or FailureKind.VirtlockdUnreachable
        && result.Code != ExitCode.Installed;

    /// <summary>With less than this left nothing is begun any more: it would only run out of its time.</summary>
    private static TimeSpan LeastTime(Situation situation) =>
        Situation.Clamp(situation.Invocation.Timeout / 10, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    private static LogMessage Waiting(Situation situation, string why) =>
        new(
            Severity.Warning,
            $"The start of {situation.Domain} waits up to {(situation.Remaining - LeastTime(situation)).TotalSeconds:F0} s: {why}"
        );

    private static NextStep.Perform StartDomain(Situation situation) =>
        new(new Operation.StartDomain(), situation.Remaining)
        {
            Log = situation.Did<Operation.StartDomain>() ? null : new LogMessage(Severity.Info, $"Starting {situation.Domain}"),
        };

    /// <summary>
    /// A wait until a second after the last refusal; null when that is over. The first refusal is worth a line, the same one each second is
    /// not.
    /// </summary>
    private static NextStep.Wait? AgainInASecond<T>(Situation situation, Done refused)
        where T : Operation
    {
        if (situation.Elapsed - refused.At >= TimeSpan.FromSeconds(1))
            return null;
        return new NextStep.Wait(TimeSpan.FromSeconds(1))
        {
            Log =
                situation.History.Count(d => d.Operation is T) == 1
                    ? new LogMessage(Severity.Warning, refused.Result.Message! + " Trying again for a while")
                    : null,
        };
    }

    private static NextStep NotStarted(Situation situation, Done started)
    {
        // A daemon that is just being restarted, or is brought back by somebody, is waited for as long as there is time.
        if (started.Result.Kind != FailureKind.TimedOut && MayGoAway(started.Result) && situation.Remaining > LeastTime(situation))
            return AgainInASecond<Operation.StartDomain>(situation, started) ?? (NextStep)StartDomain(situation);

        if (started.Result.Kind is not (FailureKind.LockConflict or FailureKind.ImageLocked))
            return Fail(started.Result.Code, started.Result.Message!);

        TimeSpan firstRefusal = situation.History.First(d => d.Operation is Operation.StartDomain).At;
        TimeSpan window = Situation.Clamp(situation.Invocation.Timeout / 4, TimeSpan.FromSeconds(1), LongestConflict);
        if (situation.Elapsed - firstRefusal < window)
            return AgainInASecond<Operation.StartDomain>(situation, started) ?? (NextStep)StartDomain(situation);
        if (situation.Last<Operation.FindLeaseHolder>() is not Done holder)
            return situation.Perform(new Operation.FindLeaseHolder(), 3);

        // Where it runs comes first: Pacemaker keeps 128 characters of a reason.
        return Fail(started.Result.Code, (holder.Result.Message is string where ? where + " " : "") + started.Result.Message);
    }

    private static NextStep Active(Situation situation, Observation.Active active)
    {
        Done? started = situation.Last<Operation.StartDomain>();
        if (active.State == DomainState.Crashed)
            return Fail(ExitCode.Generic, $"{situation.Domain} has crashed and must be stopped before it is started");
        if (active.By == Evidence.ProcessLostByLibvirt)
            return Fail(
                ExitCode.Generic,
                $"The QEMU process of {situation.Domain} is alive, but libvirt does not know the domain any more. Stop the resource "
                    + "first: its process will be ended"
            );
        // Written down before anything else: whatever ends this action, stop must know the guest.
        if (started is not null && !situation.Did<Operation.Remember>())
            return situation.Perform(new Operation.Remember(), 5);
        if (started is not null && situation.Elapsed - started.At < Settle && situation.Remaining > Settle)
            return new NextStep.Wait(started.At + Settle - situation.Elapsed);
        if (started is { Result.Succeeded: false } && active.By != Evidence.Libvirt)
            return Fail(started.Result.Code, started.Result.Message!);
        return new GuestChecks(situation).Next() is NextStep next
            ? AgainUntilScriptsSucceed(situation, next)
            : new NextStep.Finish(Outcome.Success)
            {
                Log = new LogMessage(
                    Severity.Info,
                    started is null
                        ? $"{situation.Domain} is already active: {active.Describe()}"
                        : $"{situation.Domain} is started: {active.Describe()}"
                ),
            };
    }

    /// <summary>The guest's services come up after the guest; their scripts are asked until they succeed or time is up.</summary>
    private static NextStep AgainUntilScriptsSucceed(Situation situation, NextStep next)
    {
        if (next is not NextStep.Finish || situation.Last<Operation.RunMonitorScripts>() is not { Result.Succeeded: false } failed)
            return next;
        if (situation.Remaining < TimeSpan.FromSeconds(2))
            return next;
        return situation.Elapsed - failed.At < TimeSpan.FromSeconds(1)
            ? new NextStep.Wait(TimeSpan.FromSeconds(1))
            : new NextStep.Perform(new Operation.RunMonitorScripts(), situation.Remaining);
    }

    private static NextStep.Finish Fail(ExitCode code, string reason) => new(new Outcome(code, reason));
}
