namespace HaAgent.Cli.CommandLine;

/// <summary>Ends a verb with a status and a sentence: what failed, on what, why, what to do next.</summary>
internal sealed class Stop(ExitCode code, string sentence) : Exception(sentence)
{
    public ExitCode Code { get; } = code;
}
