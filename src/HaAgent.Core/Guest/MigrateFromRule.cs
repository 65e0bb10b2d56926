using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>migrate_from, on the target: 0 only when the guest is active here and its leases are held.</summary>
public sealed class MigrateFromRule : IRule
{
    /// <summary>The guest was handed over before this action began; what is not here by now does not come.</summary>
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public NextStep Decide(Situation situation) => situation.Guest switch
    {
        Observation.Active active => Arrived(situation, active),
        Observation.Absent absent => situation.Elapsed < Arrival && situation.Remaining > TimeSpan.FromSeconds(1)
            ? new NextStep.Wait(TimeSpan.FromMilliseconds(500))
            : Fail($"{situation.Domain} did not arrive from {situation.Invocation.MigrateSource ?? "the source"}: {absent.How}"),
        Observation.Foreign foreign => Fail($"{situation.Domain} did not arrive; another domain of that name (UUID {foreign.Uuid}) is active here"),
        Observation.Unknown unknown => !unknown.WithoutIdentity && situation.Remaining > TimeSpan.FromSeconds(2)
            ? new NextStep.Wait(TimeSpan.FromSeconds(1))
            : Fail($"Cannot tell whether {situation.Domain} arrived: {unknown.Why}"),
        _ => throw new InvalidOperationException(),
    };

    private static NextStep Arrived(Situation situation, Observation.Active active)
    {
        bool onItsWay = active.State is DomainState.NoState || active is { State: DomainState.Paused, Paused: PausedReason.Migration or PausedReason.StartingUp };
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
        if (active.State == DomainState.Running)
        {
            if (situation.Last<Operation.CheckLeases>() is not Done leases)
                return situation.Perform(new Operation.CheckLeases(), 5);
            if (leases.Result.Kind == FailureKind.LeaseLost && situation.Settings.OnLockLost == Policy.Fail)
                return Fail(leases.Result.Message!);
        }

        return new GuestChecks(situation).Next() ?? new NextStep.Finish(Outcome.Success)
        {
            Say = new Remark(Severity.Info, $"{situation.Domain} arrived from {situation.Invocation.MigrateSource ?? "the source"} and is {active.Describe()}"),
        };
    }

    private static NextStep.Finish Fail(string reason) => new(new Outcome(ExitCode.Generic, reason));
}
