using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>An operation that was performed, and how it ended.</summary>
/// <param name="Operation">What.</param>
/// <param name="Result">How it ended.</param>
/// <param name="At">When it ended, since the action began.</param>
public sealed record Done(Operation Operation, OperationResult Result, TimeSpan At);

/// <summary>All that a rule may know when it decides.</summary>
public sealed class Situation(Invocation invocation, Settings settings)
{
    private readonly List<Done> _history = [];

    public Invocation Invocation => invocation;

    public Settings Settings => settings;

    /// <summary>The name of the domain for sentences: its own where it is known, else the resource's.</summary>
    public string Domain { get; set; } = invocation.Resource;

    /// <summary>Since the action began.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>What was last seen of the guest.</summary>
    public Observation Guest { get; set; } = new Observation.Unknown("nothing was looked at yet");

    /// <summary>How many times the guest has been looked at.</summary>
    public int Looks { get; set; }

    /// <summary>
    /// When the answer must be ready. Pacemaker kills the whole process group with SIGKILL at the timeout, without a word before it,
    /// so some of the time is kept for coming back: a twentieth, at least 0.3 s and at most 2 s.
    /// </summary>
    public TimeSpan Deadline { get; } = invocation.Timeout - Reserve(invocation.Timeout);

    /// <summary>Until <see cref="Deadline"/>; never negative.</summary>
    public TimeSpan Remaining => Deadline > Elapsed ? Deadline - Elapsed : TimeSpan.Zero;

    /// <summary>Nothing more can be begun.</summary>
    public bool IsTimeUp => Remaining == TimeSpan.Zero;

    /// <summary>So late that the action should have ended before.</summary>
    public bool IsTooLate => Elapsed >= LastMoment(invocation.Timeout);

    /// <summary>Everything performed so far, oldest first.</summary>
    public IReadOnlyList<Done> History => _history;

    /// <summary>Adds to the history.</summary>
    public void Record(Done done) => _history.Add(done);

    /// <summary>The last operation of a kind, or null.</summary>
    public Done? Last<T>()
        where T : Operation
    {
        for (int i = _history.Count - 1; i >= 0; i--)
        {
            if (_history[i].Operation is T)
                return _history[i];
        }

        return null;
    }

    /// <summary>Whether an operation of a kind was performed.</summary>
    public bool Did<T>()
        where T : Operation => Last<T>() is not null;

    /// <summary>The time for one step: no more than asked for, no more than remains.</summary>
    public TimeSpan AtMost(TimeSpan wanted) => wanted < Remaining ? wanted : Remaining;

    /// <summary>A step of at most so many seconds.</summary>
    public NextStep Perform(Operation operation, double seconds) => new NextStep.Perform(operation, AtMost(TimeSpan.FromSeconds(seconds)));

    /// <summary>When an action that overran <see cref="Deadline"/> has to end itself, or be ended by Pacemaker.</summary>
    /// <param name="timeout">The operation's.</param>
    public static TimeSpan LastMoment(TimeSpan timeout) => timeout - (Reserve(timeout) / 2);

    private static TimeSpan Reserve(TimeSpan timeout) => Clamp(timeout / 20, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(2));

    internal static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
