using System.Globalization;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;

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
            if (step.Log is LogMessage message)
                world.Write(message);
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

    /// <summary>Something came back long after it had to. Pacemaker is about to end the action, or has: nothing is begun that it would be
    /// cut off in.</summary>
    private static Outcome TooLate(Situation situation)
    {
        string what =
            situation.History.Count > 0
                ? $"{situation.History[^1].Operation.GetType().Name} came back too late"
                : "looking at it took too long";
        return new Outcome(
            ExitCode.Generic,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{situation.Invocation.ActionName} of {situation.Domain} was not done within its timeout of "
                    + $"{situation.Invocation.Timeout.TotalSeconds:0.#} s: {what}"
            )
        );
    }

    /// <summary>A healthy libvirt answers in milliseconds. A hung one must leave time for everything else.</summary>
    private static TimeSpan TimeToLook(Situation situation) =>
        situation.AtMost(Situation.Clamp(situation.Invocation.Timeout / 5, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(5)));
}

/// <summary>How loud a line in the log is; the words of ocf_log.</summary>
public enum Severity
{
    Debug,
    Info,
    Warning,
    Error,
}

/// <summary>A line for the log.</summary>
/// <param name="Severity">How loud.</param>
/// <param name="Text">What.</param>
/// <param name="ToStderr">It also goes to stderr when loud enough; not so what stands there as ocf-exit-reason.</param>
public readonly record struct LogMessage(Severity Severity, string Text, bool ToStderr = true)
{
    /// <summary>The text, safe to print and in one line: a log is read by line, by haagent too, and the text may quote libvirt or a guest's
    /// XML.</summary>
    public string Text { get; } = Printable.Line(Text);
}

/// <summary>What a rule wants next: a closed choice.</summary>
public abstract record NextStep
{
    private NextStep() { }

    /// <summary>What is written to the log before it; null: nothing.</summary>
    public LogMessage? Log { get; init; }

    /// <summary>Do something, for at most <paramref name="Within"/>.</summary>
    public sealed record Perform(Operation Operation, TimeSpan Within) : NextStep;

    /// <summary>Wait until the guest ends, or this long, then look again.</summary>
    public sealed record Wait(TimeSpan AtMost) : NextStep;

    /// <summary>The action is over.</summary>
    public sealed record Finish(Outcome Outcome) : NextStep;
}

/// <summary>One action's decisions: pure, so that a case is a folder and not a machine.</summary>
public interface IRule
{
    /// <summary>What is next.</summary>
    NextStep Decide(Situation situation);
}

/// <summary>The one boundary between rules and the world: all effects, the clock included, pass here.</summary>
public interface IGuestWorld
{
    /// <summary>Since the action began.</summary>
    TimeSpan Elapsed { get; }

    /// <summary>The domain's name for sentences, once it is known.</summary>
    string? DomainName { get; }

    /// <summary>Looks at the guest for at most this long.</summary>
    Observation Observe(TimeSpan within);

    /// <summary>Performs an operation; comes back when it is done or after this long.</summary>
    OperationResult Perform(Operation operation, TimeSpan within);

    /// <summary>Comes back when the guest ends, or after this long.</summary>
    void WaitForChange(TimeSpan atMost);

    /// <summary>Writes a line to the log.</summary>
    void Write(LogMessage message);
}
