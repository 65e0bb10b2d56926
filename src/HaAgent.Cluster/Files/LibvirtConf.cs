using System.Text;

namespace HaAgent.Cluster.Files;

/// <summary>
/// Reads and edits libvirt's .conf files (<c>key = value</c>, one a line, # for comments). Editing keeps every byte that it does not have to
/// change, comments and line ends included. The text is one char per byte (Latin-1), so that a file in any encoding comes out as it went in.
/// </summary>
public static class LibvirtConf
{
    /// <summary>The text of a string setting in force, or null when the file does not set it or sets something else than a string.</summary>
    public static string? GetString(string text, string key) => GetWord(text, key) is { } word ? Unquote(word) : null;

    /// <summary>The value of a setting in force as it is written, quotes included, or null when the file does not set it.</summary>
    public static string? GetWord(string text, string key)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ConfLine.Split(text).Find(line => line.Sets(key)) is { } setting ? text[setting.ValueStart..setting.ValueEnd] : null;
    }

    /// <summary>
    /// The file with <c>key = "value"</c> in force: in every line that sets the key; else in place of the commented example;
    /// else in a new line at the end.
    /// </summary>
    /// <exception cref="ArgumentException">libvirt's syntax cannot hold the value: it has no escape for a quote or a line end.</exception>
    public static string SetString(string text, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(value);
        if (value.AsSpan().IndexOfAny('"', '\n', '\r') >= 0)
            throw new ArgumentException($"libvirt's configuration files cannot hold the value {value}: a quote or a line end in it cannot be escaped", nameof(value));
        string quoted = '"' + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value)) + '"';

        List<ConfLine> lines = ConfLine.Split(text);
        List<ConfLine> setting = lines.FindAll(line => line.Sets(key));
        if (setting.Count > 0)
            return Replace(text, setting, quoted);
        if (Example(lines, key) is { } example)
            return $"{text[..example.Start]}{key} = {quoted}{text[example.ValueEnd..]}";

        string lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string gap = text.Length == 0 || text.EndsWith('\n') ? "" : lineEnd;
        return $"{text}{gap}{key} = {quoted}{lineEnd}";
    }

    /// <summary>The file with every line that sets the key turned into a comment.</summary>
    public static string CommentOut(string text, string key)
    {
        ArgumentNullException.ThrowIfNull(text);
        var result = new StringBuilder(text);
        List<ConfLine> setting = ConfLine.Split(text).FindAll(line => line.Sets(key));
        for (int i = setting.Count - 1; i >= 0; i--)
        {
            // A value over several lines needs a mark on each of them.
            for (int at = setting[i].End - 1; at >= setting[i].Start; at--)
            {
                if (at == setting[i].Start || text[at - 1] == '\n')
                    result.Insert(at, '#');
            }
        }

        return result.ToString();
    }

    private static string Replace(string text, List<ConfLine> lines, string quoted)
    {
        var result = new StringBuilder(text);
        for (int i = lines.Count - 1; i >= 0; i--)
        {
            result.Remove(lines[i].ValueStart, lines[i].ValueEnd - lines[i].ValueStart);
            result.Insert(lines[i].ValueStart, quoted);
        }

        return result.ToString();
    }

    // libvirt writes its examples as "#key = value" and its prose as "# word": the tight form is an example before the loose one is.
    private static ConfLine? Example(List<ConfLine> lines, string key) =>
        lines.Find(line => line.IsExampleOf(key) && line.IsTight) ?? lines.Find(line => line.IsExampleOf(key));

    private static string? Unquote(string value)
    {
        string? inner = value switch
        {
            ['"', '"', '"', .. var triple, '"', '"', '"'] => triple,
            ['"', .. var plain, '"'] => plain,
            ['\'', .. var plain, '\''] => plain,
            _ => null,
        };
        return inner is null ? null : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(inner));
    }
}
