using System.Text;

namespace HaAgent.Host;

/// <summary>
/// Files of KEY=VALUE as sysconfig and os-release(5) have them, which are meant for a shell: read as text and never run. Of two equal keys the last counts.
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
