using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;

namespace HaAgent.Host;

/// <summary>What reading a configuration file gave: its bytes, or what is wrong as the end of a sentence that begins with the file's
/// name.</summary>
internal readonly record struct ConfigContent(byte[]? Bytes, string Problem, ExitCode Code)
{
    /// <summary>Nothing is there.</summary>
    public bool IsMissing { get; init; }

    /// <summary>When it was last written, UTC; meaningful only with <see cref="Bytes"/>.</summary>
    public DateTime Written { get; init; }
}

/// <summary>Reads the domain's configuration.</summary>
internal static class ConfigFile
{
    /// <summary>Reads a regular file of at most <see cref="DomainXml.MaximumBytes"/> bytes.</summary>
    /// <exception cref="IOException">What is there could not be learned: its volume fails.</exception>
    public static ConfigContent Read(string path)
    {
        if (RegularFile.Read(path, DomainXml.MaximumBytes, out FileProblem problem) is FileContent content)
            return new ConfigContent(content.Bytes, "", ExitCode.Success) { Written = content.Written };
        return problem.Kind switch
        {
            FileProblemKind.Missing or FileProblemKind.Refused => Unusable($"{problem.Text}. Is the shared volume mounted?") with
            {
                IsMissing = problem.Kind == FileProblemKind.Missing,
            },
            FileProblemKind.TooLong => new ConfigContent(
                null,
                $"{problem.Text}: a domain configuration has at most {DomainXml.MaximumBytes}",
                ExitCode.Configured
            ),
            FileProblemKind.Unanswered => throw new IOException(problem.Reason),
            FileProblemKind.NotWanted or FileProblemKind.None => Unusable(problem.Text),
        };
    }

    /// <summary>The text of a configuration file of this node, one char per byte; absent: there is none. One that cannot be read says
    /// nothing of what is in it.</summary>
    public static Fact<string> ReadText(string path) =>
        RegularFile.Read(path, DomainXml.MaximumBytes).Map(content => Encoding.Latin1.GetString(content.Bytes));

    private static ConfigContent Unusable(string problem) => new(null, problem, ExitCode.Installed);
}

/// <summary>
/// Files of KEY=VALUE as sysconfig and os-release(5) have them, which are meant for a shell: read as text and never run. Of two equal keys
/// the last counts.
/// </summary>
internal static class KeyValueText
{
    /// <summary>The keys and values. Lines that are no assignment are left out.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var values = new Dictionary<string, string>();
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim();
            if (line.StartsWith("export ", StringComparison.Ordinal))
                line = line["export ".Length..].TrimStart();
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[..equals].All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                values[line[..equals]] = Value(line[(equals + 1)..]);
        }

        return values;
    }

    private static string Value(string text)
    {
        var value = new StringBuilder();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote == '\0' && (char.IsWhiteSpace(c) || c is ';' or '&'))
                break;
            if (quote == '\0' && c is '"' or '\'')
                quote = c;
            else if (c == quote)
                quote = '\0';
            else if (c == '\\' && quote != '\'' && i + 1 < text.Length)
                value.Append(text[++i]);
            else
                value.Append(c);
        }

        return value.ToString();
    }
}
