using System.Globalization;
using System.Text;

namespace HaAgent.Core.Locking;

/// <summary>
/// Reads and edits libvirt's .conf files (<c>key = value</c>, # for comments). Of equal keys the first one counts: virConfGetValue (src/util/virconf.c)
/// walks the list of entries from its head. Editing keeps every byte that it does not have to change, comments and line ends included. The text is one
/// char per byte (Latin-1), so that a file in any encoding comes out as it went in.
/// </summary>
public static class LibvirtConf
{
    /// <summary>The text of a string setting in force, or null when the file does not set it or sets something else than a string.</summary>
    public static string? GetString(string text, string key) => GetWord(text, key) is { } word ? Unquote(word) : null;

    /// <summary>The number of an integer setting in force, or null when the file does not set it or sets something else.</summary>
    public static long? GetInteger(string text, string key) =>
        GetWord(text, key) is { } word && long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>
    /// The strings of a list setting in force, or of a string that stands for a list of one; null when the file does not set it, or sets something else.
    /// </summary>
    public static IReadOnlyList<string>? GetList(string text, string key)
    {
        if (GetWord(text, key) is not { } word)
            return null;
        List<string?>? elements = word.StartsWith('[') ? ConfStatement.Elements(word)?.ConvertAll(Unquote) : [Unquote(word)];
        return elements is null || elements.Contains(null) ? null : [.. elements.OfType<string>()];
    }

    /// <summary>The value of a setting in force as it is written, quotes included, or null when the file does not set it.</summary>
    public static string? GetWord(string text, string key)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ConfStatement.Split(text).Find(line => line.Sets(key)) is { } setting ? text[setting.ValueStart..setting.ValueEnd] : null;
    }

    /// <summary>
    /// The file with <c>key = "value"</c> in force: in every statement that sets the key; else in place of the commented example;
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

        List<ConfStatement> statements = ConfStatement.Split(text);
        List<ConfStatement> setting = statements.FindAll(line => line.Sets(key));
        if (setting.Count > 0)
            return Replace(text, setting, quoted);
        if (Example(statements, key) is { } example)
            return $"{text[..example.Start]}{key} = {quoted}{text[example.ValueEnd..]}";

        string lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string gap = text.Length == 0 || text.EndsWith('\n') ? "" : lineEnd;
        return $"{text}{gap}{key} = {quoted}{lineEnd}";
    }

    /// <summary>The file with every statement that sets the key turned into a comment; one that shares its line with others gets a line of its own.</summary>
    public static string CommentOut(string text, string key)
    {
        ArgumentNullException.ThrowIfNull(text);
        var result = new StringBuilder(text);
        List<ConfStatement> setting = ConfStatement.Split(text).FindAll(line => line.Sets(key));
        for (int i = setting.Count - 1; i >= 0; i--)
        {
            if (setting[i].End < text.Length && text[setting[i].End - 1] != '\n')
                result.Insert(setting[i].End, '\n');

            // A value over several lines needs a mark on each of them.
            for (int at = setting[i].End - 1; at >= setting[i].Start; at--)
            {
                if (at == setting[i].Start || text[at - 1] == '\n')
                    result.Insert(at, at > 0 && text[at - 1] != '\n' ? "\n#" : "#");
            }
        }

        return result.ToString();
    }

    private static string Replace(string text, List<ConfStatement> statements, string quoted)
    {
        var result = new StringBuilder(text);
        for (int i = statements.Count - 1; i >= 0; i--)
        {
            result.Remove(statements[i].ValueStart, statements[i].ValueEnd - statements[i].ValueStart);
            result.Insert(statements[i].ValueStart, quoted);
        }

        return result.ToString();
    }

    // libvirt writes its examples as "#key = value" and its prose as "# word": the tight form is an example before the loose one is.
    private static ConfStatement? Example(List<ConfStatement> statements, string key) =>
        statements.Find(line => line.IsExampleOf(key) && line.IsTight) ?? statements.Find(line => line.IsExampleOf(key));

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
