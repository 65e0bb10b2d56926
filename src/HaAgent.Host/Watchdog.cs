using HaAgent.Core.Ocf;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>
/// Ends the process shortly before Pacemaker would: Pacemaker's SIGKILL leaves no word about what was being waited for. Every wait has its
/// own deadline; this is for the one that overruns it. It ends the process by itself, whatever the other threads are doing.
/// </summary>
/// <param name="at">When.</param>
/// <param name="reasonPrefix">What goes before the sentence on stderr.</param>
/// <param name="describe">The sentence, made when it is needed.</param>
internal sealed class Watchdog(Deadline at, string reasonPrefix, Func<string> describe)
{
    private readonly object _gate = new();
    private bool _started;
    private bool _said;
    private Outcome? _outcome;

    /// <summary>Begins to watch. Not done by an action that is over in milliseconds: it costs a thread.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_started)
                return;
            _started = true;
        }

        new Thread(Run, maxStackSize: 128 * 1024) { IsBackground = true, Name = "watchdog" }.Start();
    }

    /// <summary>The action is decided: if its last words take too long, the process still ends with this.</summary>
    public void Decide(Outcome outcome)
    {
        lock (_gate)
            _outcome ??= outcome;
    }

    /// <summary>Writes the decision's reason. Does not come back if the watchdog has taken the matter in hand.</summary>
    public void Say()
    {
        Outcome outcome;
        bool late;
        lock (_gate)
        {
            late = _said;
            _said = true;
            outcome = _outcome!;
        }

        if (late)
            Thread.Sleep(Timeout.Infinite);
        StandardStreams.Error(Line(outcome));
    }

    private void Run()
    {
        while (!at.HasPassed)
            Thread.Sleep(at.Left + TimeSpan.FromMilliseconds(1));
        Outcome outcome;
        bool said;
        lock (_gate)
        {
            outcome = _outcome ??= new Outcome(ExitCode.Generic, describe());
            said = _said;
            _said = true;
        }

        // A stderr that nobody reads must not hold up the end.
        if (!said)
            StandardStreams.ErrorWithoutWaiting(Line(outcome));
        _exit((int)outcome.Code);
    }

    private string Line(Outcome outcome) => outcome.Reason is null ? "" : reasonPrefix + outcome.Reason + "\n";
}
