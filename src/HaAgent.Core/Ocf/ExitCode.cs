using HaAgent.Core.Text;

namespace HaAgent.Core.Ocf;

/// <summary>
/// The exit codes of the OCF Resource Agent API 1.1, section "Return codes", and what Pacemaker does on each (Pacemaker Administration,
/// "How are OCF return codes interpreted?").
/// </summary>
public enum ExitCode
{
    /// <summary>OCF_SUCCESS: the action did what it should; for monitor: the guest is active here.</summary>
    Success = 0,

    /// <summary>OCF_ERR_GENERIC: an ordinary failure; Pacemaker recovers the resource.</summary>
    Generic = 1,

    /// <summary>OCF_ERR_ARGS: the command line is wrong; not on this node.</summary>
    Arguments = 2,

    /// <summary>OCF_ERR_UNIMPLEMENTED: an action this agent does not have.</summary>
    Unimplemented = 3,

    /// <summary>OCF_ERR_PERM: not permitted; not on this node.</summary>
    Permission = 4,

    /// <summary>OCF_ERR_INSTALLED: something this node needs is missing; not on this node.</summary>
    Installed = 5,

    /// <summary>OCF_ERR_CONFIGURED: the configuration is wrong; on no node.</summary>
    Configured = 6,

    /// <summary>OCF_NOT_RUNNING: proven not to run here. Never given for "cannot tell".</summary>
    NotRunning = 7,

    /// <summary>OCF_DEGRADED (Pacemaker): running, but in a state an administrator should look at.</summary>
    Degraded = 190,
}

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
