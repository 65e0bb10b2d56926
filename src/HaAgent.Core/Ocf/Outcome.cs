using HaAgent.Core.Text;

namespace HaAgent.Core.Ocf;

/// <summary>How an action ended: the exit code, and the one sentence for <c>ocf-exit-reason</c> where there is something to say.</summary>
/// <param name="Code">The exit code of the process.</param>
/// <param name="Reason">What failed, on what, why and what to do next; null when all is well.</param>
public sealed record Outcome(ExitCode Code, string? Reason = null)
{
    /// <summary>The sentence, safe to print and in one line: it may quote libvirt or a guest's XML.</summary>
    public string? Reason { get; } = Reason is null ? null : Printable.Line(Reason);

    /// <summary>OCF_SUCCESS without a word.</summary>
    public static Outcome Success { get; } = new(ExitCode.Success);
}
