using HaAgent.Core.Ocf;
using HaAgent.Core.Text;

namespace HaAgent.Core.Guest;

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
public readonly record struct Remark(Severity Severity, string Text, bool ToStderr = true)
{
    /// <summary>The text, safe to print and in one line: a log is read by line, by haagent too, and the text may quote libvirt or a guest's XML.</summary>
    public string Text { get; } = Printable.Line(Text);
}

/// <summary>What a rule wants next: a closed choice.</summary>
public abstract record NextStep
{
    private NextStep()
    {
    }

    /// <summary>What is written to the log before it; null: nothing.</summary>
    public Remark? Say { get; init; }

    /// <summary>Do something, for at most <paramref name="Within"/>.</summary>
    public sealed record Perform(Operation Operation, TimeSpan Within) : NextStep;

    /// <summary>Wait until the guest ends, or this long, then look again.</summary>
    public sealed record Wait(TimeSpan AtMost) : NextStep;

    /// <summary>The action is over.</summary>
    public sealed record Finish(Outcome Outcome) : NextStep;
}
