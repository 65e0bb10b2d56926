namespace HaAgent.Cli.CommandLine;

/// <summary>The table of exit statuses, in one place for help, README and man page.</summary>
internal static class ExitCodes
{
    /// <summary>Each status and what it means.</summary>
    public static readonly (ExitCode Code, string Meaning)[] Table =
    [
        (ExitCode.Success, "done, or nothing to do"),
        (ExitCode.Found, "check found an error, verify saw a test fail, or evacuate --dry-run found a guest that is stuck"),
        (ExitCode.Usage, "the command line is wrong"),
        (ExitCode.Refused, "refused: nothing was changed, and the way out was said"),
        (ExitCode.Unreachable, "the cluster or a node could not be asked"),
        (ExitCode.Incomplete, "a change failed; run the same command again to resume"),
        (ExitCode.Declined, "you said no, and nothing was changed"),
        (ExitCode.Internal, "a mistake in haagent itself"),
        (ExitCode.Interrupted, "interrupted; the change under way was finished first"),
    ];
}
