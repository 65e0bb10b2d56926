namespace HaAgent.Cluster.Planning;

/// <summary>Writes a text as one word of a POSIX shell command.</summary>
public static class ShellWord
{
    /// <summary>The word, quoted where the shell would read more into it.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:=@%+,".Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
