namespace HaAgent.Cli.CommandLine;

/// <summary>Every status with which haagent ends. The texts are in <see cref="ExitCodes"/>.</summary>
internal enum ExitCode
{
    /// <summary>Done, or nothing to do.</summary>
    Success = 0,

    /// <summary>The command ran and what it looked at is not as it should be: check found an error, verify saw a test fail or could not
    /// prove the lock.</summary>
    Found = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>Something stands in the way, and nothing was changed; the way out was said.</summary>
    Refused = 3,

    /// <summary>The cluster or a node could not be asked, or not for everything.</summary>
    Unreachable = 4,

    /// <summary>A change failed; what was made before it stays, and running the command again resumes.</summary>
    Incomplete = 5,

    /// <summary>The admin said no.</summary>
    Declined = 6,

    /// <summary>This node did not give what haagent needs of it: a full disk, a file that cannot be read.</summary>
    Machine = 7,

    /// <summary>A mistake of haagent's own.</summary>
    Internal = 70,

    /// <summary>Interrupted by Ctrl-C or a signal, after finishing the change under way.</summary>
    Interrupted = 130,
}

/// <summary>The table of exit statuses, in one place for help, README and man page.</summary>
internal static class ExitCodes
{
    /// <summary>Each status and what it means.</summary>
    public static readonly (ExitCode Code, string Meaning)[] Table =
    [
        (ExitCode.Success, "done, or nothing to do"),
        (
            ExitCode.Found,
            "check found an error, verify saw a test fail or could not prove the lock, or evacuate --dry-run found a guest that is stuck"
        ),
        (ExitCode.Usage, "the command line is wrong"),
        (ExitCode.Refused, "refused: nothing was changed, and the way out was said"),
        (
            ExitCode.Unreachable,
            "the cluster or a node could not be asked; or something that check, status, explain or evacuate --dry-run look at could not be "
                + "learned, which is said, and nothing was found that is wrong"
        ),
        (ExitCode.Incomplete, "a change failed; run the same command again to resume"),
        (ExitCode.Declined, "you said no, and nothing was changed"),
        (
            ExitCode.Machine,
            "a file or directory of this node could not be read or written; make room or mend it, then run the same command again"
        ),
        (ExitCode.Internal, "a mistake in haagent itself"),
        (
            ExitCode.Interrupted,
            "interrupted by Ctrl-C or SIGTERM; the change under way was finished first, unless it was interrupted twice; what is only "
                + "waited for goes on, and is said"
        ),
    ];

    /// <summary>How a verb ends that only looks and tells.</summary>
    /// <param name="notLearned">What it could not learn.</param>
    public static ExitCode OfLook(IReadOnlyCollection<string> notLearned) =>
        notLearned.Count == 0 ? ExitCode.Success : ExitCode.Unreachable;
}

/// <summary>Ends a verb with a status and a sentence: what failed, on what, why, what to do next.</summary>
internal sealed class Stop(ExitCode code, string sentence) : Exception(sentence)
{
    public ExitCode Code { get; } = code;
}
