using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>migrate_to, on the source: everything that can be known beforehand is asked beforehand, because a failed migrate_to restarts a
/// healthy guest.</summary>
public sealed class MigrateToRule : IRule
{
    /// <inheritdoc/>
    public NextStep Decide(Situation situation)
    {
        if (situation.Last<Operation.Migrate>() is Done migrated)
        {
            return migrated.Result.Succeeded
                ? situation.Did<Operation.Forget>()
                    ? new NextStep.Finish(Outcome.Success)
                    {
                        Log = migrated.Result.Message is string good ? new LogMessage(Severity.Info, good) : null,
                    }
                    : situation.Perform(new Operation.Forget(), 2)
                : Fail(migrated.Result.Code, migrated.Result.Message!);
        }

        return situation.Guest switch
        {
            Observation.Active active => Move(situation, active),
            Observation.Absent absent => Fail(
                ExitCode.Generic,
                $"{situation.Domain} cannot be migrated: it is not active here ({absent.How})"
            ),
            Observation.Foreign foreign => Fail(
                ExitCode.Generic,
                $"{situation.Domain} cannot be migrated: it is not active here; {foreign.Describe()} is"
            ),
            Observation.Unknown unknown => (
                unknown.MayPass
                    ? situation.Remaining > situation.Invocation.Timeout / 2
                    : !unknown.WithoutIdentity && situation.Looks < 5 && situation.Remaining > TimeSpan.FromSeconds(5)
            )
                ? new NextStep.Wait(TimeSpan.FromSeconds(1))
                : Fail(
                    ExitCode.Generic,
                    $"{situation.Domain} was not migrated, because one cannot tell whether it is active here: {unknown.Why}"
                ),
            _ => throw new InvalidOperationException(),
        };
    }

    private static NextStep Move(Situation situation, Observation.Active active)
    {
        if (situation.Invocation.MigrateTarget is null)
            return Fail(
                ExitCode.Arguments,
                $"{situation.Domain} cannot be migrated: the environment names no target (OCF_RESKEY_CRM_meta_migrate_target)"
            );
        if (active.By != Evidence.Libvirt)
            return Fail(
                ExitCode.Generic,
                $"{situation.Domain} was not migrated: it is {active.Describe()}. Check the libvirt daemon of this node"
            );
        if (active.IsBroken)
            return Fail(ExitCode.Generic, $"{situation.Domain} was not migrated: it is {active.Describe()}");

        // A failed migration restarts a guest that is well; a job of libvirt's is over some time.
        if (active.IsPausedForAJob)
            return situation.Remaining > situation.Invocation.Timeout / 2
                ? new NextStep.Wait(TimeSpan.FromSeconds(1))
                : Fail(ExitCode.Generic, $"{situation.Domain} was not migrated: it is still {active.Describe()}");
        if (situation.Settings.SaveConfigOnStop && !situation.Did<Operation.SaveConfiguration>())
            return situation.Perform(new Operation.SaveConfiguration(), 10);
        if (situation.Last<Operation.CheckMigration>() is not Done check)
            return situation.Perform(new Operation.CheckMigration(), Math.Min(20, situation.Remaining.TotalSeconds / 2));
        if (!check.Result.Succeeded)
            return Fail(check.Result.Code, check.Result.Message!);
        return new NextStep.Perform(new Operation.Migrate(), situation.Remaining)
        {
            Log = new LogMessage(Severity.Info, $"Migrating {situation.Domain} to {situation.Invocation.MigrateTarget}"),
        };
    }

    private static NextStep.Finish Fail(ExitCode code, string reason) => new(new Outcome(code, reason));
}

/// <summary>migrate_from, on the target: 0 only when the guest is active here and its leases are held.</summary>
public sealed class MigrateFromRule : IRule
{
    /// <summary>The guest was handed over before this action began; what is not here by now does not come.</summary>
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public NextStep Decide(Situation situation) =>
        situation.Guest switch
        {
            Observation.Active active => Arrived(situation, active),
            Observation.Absent absent => situation.Elapsed < Arrival && situation.Remaining > TimeSpan.FromSeconds(1)
                ? new NextStep.Wait(TimeSpan.FromMilliseconds(500))
                : Fail($"{situation.Domain} did not arrive from {situation.Invocation.MigrateSource ?? "the source"}: {absent.How}"),
            Observation.Foreign foreign => Fail($"{situation.Domain} did not arrive; {foreign.Describe()} is active here"),
            Observation.Unknown unknown => (!unknown.WithoutIdentity || unknown.MayPass) && situation.Remaining > TimeSpan.FromSeconds(2)
                ? new NextStep.Wait(TimeSpan.FromSeconds(1))
                : Fail($"Cannot tell whether {situation.Domain} arrived: {unknown.Why}"),
            _ => throw new InvalidOperationException(),
        };

    private static NextStep Arrived(Situation situation, Observation.Active active)
    {
        bool onItsWay =
            active.State is DomainState.NoState
            || active is { State: DomainState.Paused, Paused: PausedReason.Migration or PausedReason.StartingUp };
        if (onItsWay)
        {
            return situation.Remaining > TimeSpan.FromSeconds(2)
                ? new NextStep.Wait(TimeSpan.FromMilliseconds(500))
                : Fail($"{situation.Domain} is here, but did not begin to run: it is {active.Describe()}");
        }

        if (active.IsBroken)
            return Fail($"{situation.Domain} arrived {active.Describe()}");
        if (!situation.Did<Operation.OrderDaemons>())
            return situation.Perform(new Operation.OrderDaemons(), 10);
        var checks = new GuestChecks(situation);
        if (active.By == Evidence.Libvirt && checks.Leases(active) is NextStep leases)
            return leases;
        if (GuestChecks.LostLease(situation, active) is OperationResult lost && situation.Settings.OnLockLost == Policy.Fail)
            return Fail(lost.Message!);
        return checks.Next()
            ?? new NextStep.Finish(Outcome.Success)
            {
                Log = new LogMessage(
                    Severity.Info,
                    $"{situation.Domain} arrived from {situation.Invocation.MigrateSource ?? "the source"} and is {active.Describe()}"
                ),
            };
    }

    private static NextStep.Finish Fail(string reason) => new(new Outcome(ExitCode.Generic, reason));
}
