namespace HaAgent.Cli.Screens;

/// <summary>How a line is meant.</summary>
internal enum Tone
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth knowing.</summary>
    Warning,

    /// <summary>Wrong.</summary>
    Bad,
}
