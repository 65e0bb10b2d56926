using System.Globalization;
using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>Observe, decide, act, observe again, until the rule is finished.</summary>
public static class Runner
{
    /// <summary>Runs one action to its end.</summary>
    public static Outcome Run(IRule rule, Situation situation, IGuestWorld world)
    {
        bool look = true;
        while (true)
        {
            if (look)
            {
                situation.Elapsed = world.Elapsed;
                situation.Guest = world.Observe(TimeToLook(situation));
                situation.Looks++;
                situation.Domain = world.DomainName ?? situation.Domain;
            }

            situation.Elapsed = world.Elapsed;
            NextStep step = rule.Decide(situation);
            if (step.Say is Remark remark)
                world.Say(remark);
            switch (step)
            {
                case NextStep.Finish finish:
                    return finish.Outcome;
                case NextStep.Wait or NextStep.Perform { Operation: not (Operation.Remember or Operation.Forget) } when situation.IsTooLate:
                    return TooLate(situation);
                case NextStep.Wait wait:
                    world.WaitForChange(wait.AtMost);
                    look = true;
                    break;
                case NextStep.Perform perform:
                    OperationResult result = world.Perform(perform.Operation, perform.Within);
                    look = perform.Operation.ChangesGuest;
                    situation.Record(new Done(perform.Operation, result, world.Elapsed));
                    break;
            }
        }
    }

    /// <summary>Something came back long after it had to. Pacemaker is about to end the action, or has: nothing is begun that it would be cut off in.</summary>
    private static Outcome TooLate(Situation situation)
    {
        string what = situation.History.Count > 0 ? $"{situation.History[^1].Operation.GetType().Name} came back too late" : "looking at it took too long";
        return new Outcome(ExitCode.Generic, string.Create(CultureInfo.InvariantCulture,
            $"{situation.Invocation.ActionName} of {situation.Domain} was not done within its timeout of {situation.Invocation.Timeout.TotalSeconds:0.#} s: {what}"));
    }

    /// <summary>A healthy libvirt answers in milliseconds. A hung one must leave time for everything else.</summary>
    private static TimeSpan TimeToLook(Situation situation) =>
        situation.AtMost(Situation.Clamp(situation.Invocation.Timeout / 5, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(5)));
}
