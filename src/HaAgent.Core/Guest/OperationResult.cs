using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>Why an operation failed, as far as a rule decides by it.</summary>
public enum FailureKind
{
    /// <summary>Nothing failed.</summary>
    None,

    /// <summary>Whatever needs no answer of its own.</summary>
    Other,

    /// <summary>libvirt does not answer, or died during the call.</summary>
    Unreachable,

    /// <summary>The call did not come back in its time.</summary>
    TimedOut,

    /// <summary>The lease of a disk is held by somebody else (87/51).</summary>
    LockConflict,

    /// <summary>QEMU's own lock of an image file is held by somebody else.</summary>
    ImageLocked,

    /// <summary>libvirt answers, but cannot reach virtlockd (38/7).</summary>
    VirtlockdUnreachable,

    /// <summary>virtlockd does not know the lockspace (1/7): it was restarted after libvirt's daemon.</summary>
    LockspaceLost,

    /// <summary>A lease is not held here.</summary>
    LeaseLost,
}

/// <summary>How an operation ended.</summary>
/// <param name="Kind">None: well.</param>
/// <param name="Message">What failed, on what and why, or with None something worth a line in the log; null: nothing to say.</param>
/// <param name="Code">The exit code that fits when this ends the action.</param>
public sealed record OperationResult(FailureKind Kind, string? Message, ExitCode Code = ExitCode.Generic)
{
    /// <summary>QEMU itself failed, which is also how its own lock of an image file shows.</summary>
    public bool IsFromQemu { get; init; }

    /// <summary>Well, and nothing to say.</summary>
    public static OperationResult Done { get; } = new(FailureKind.None, null, ExitCode.Success);

    /// <summary>It went well.</summary>
    public bool Succeeded => Kind == FailureKind.None;

    /// <summary>Well, with a remark for the log.</summary>
    public static OperationResult DoneWith(string message) => new(FailureKind.None, message, ExitCode.Success);

    /// <summary>Failed.</summary>
    public static OperationResult Failed(string message, FailureKind kind = FailureKind.Other, ExitCode code = ExitCode.Generic) => new(kind, message, code);
}
