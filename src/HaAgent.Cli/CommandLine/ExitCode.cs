namespace HaAgent.Cli.CommandLine;

/// <summary>Every status with which haagent ends. The texts are in <see cref="ExitCodes"/>.</summary>
internal enum ExitCode
{
    /// <summary>Done, or nothing to do.</summary>
    Success = 0,

    /// <summary>The command ran and what it looked at is not as it should be: check found an error, verify saw a test fail.</summary>
    Found = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>Something stands in the way, and nothing was changed; the way out was said.</summary>
    Refused = 3,

    /// <summary>The cluster or a node could not be asked.</summary>
    Unreachable = 4,

    /// <summary>A change failed; what was made before it stays, and running the command again resumes.</summary>
    Incomplete = 5,

    /// <summary>The admin said no.</summary>
    Declined = 6,

    /// <summary>A mistake of haagent's own.</summary>
    Internal = 70,

    /// <summary>Interrupted by Ctrl-C or a signal, after finishing the change under way.</summary>
    Interrupted = 130,
}
