using System.Globalization;
using System.Text;

namespace HaAgent.Core.Locking;

/// <summary>
/// Reads and edits libvirt's .conf files (<c>key = value</c>, # for comments). Of equal keys the first one counts: virConfGetValue
/// (src/util/virconf.c) walks the list of entries from its head. Editing keeps every byte that it does not have to change, comments and
/// line ends included. The text is one char per byte (Latin-1), so that a file in any encoding comes out as it went in.
/// </summary>
public static class LibvirtConf
{
    /// <summary>The text of a string setting in force, or null when the file does not set it or sets something else than a
    /// string.</summary>
    public static string? GetString(string text, string key) => GetWord(text, key) is { } word ? Unquote(word) : null;

    /// <summary>The number of an integer setting in force, or null when the file does not set it or sets something else.</summary>
    public static long? GetInteger(string text, string key) =>
        GetWord(text, key) is { } word && long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;

    /// <summary>
    /// The strings of a list setting in force, or of a string that stands for a list of one; null when the file does not set it, or sets
    /// something else.
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
            throw new ArgumentException(
                $"libvirt's configuration files cannot hold the value {value}: a quote or a line end in it cannot be escaped",
                nameof(value)
            );
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

    /// <summary>The file with every statement that sets the key turned into a comment; one that shares its line with others gets a line of
    /// its own.</summary>
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

/// <summary>
/// One statement or comment of a libvirt .conf file, as virConfParseStatement (src/util/virconf.c) delimits them: by line ends or
/// semicolons; a value in brackets or triple quotes may span several lines of text.
/// </summary>
/// <param name="Key">What it sets or, in a comment, what it would set; null for anything else.</param>
/// <param name="IsComment">Whether it stands behind a #.</param>
/// <param name="IsTight">Whether the key follows the # directly.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="ValueStart">Where the value starts.</param>
/// <param name="ValueEnd">Behind the value's last character.</param>
/// <param name="End">Behind its line's end or its semicolon.</param>
internal sealed record ConfStatement(string? Key, bool IsComment, bool IsTight, int Start, int ValueStart, int ValueEnd, int End)
{
    public bool Sets(string key) => Key == key && !IsComment;

    public bool IsExampleOf(string key) => Key == key && IsComment;

    public static List<ConfStatement> Split(string text)
    {
        var statements = new List<ConfStatement>();
        for (int at = 0; at < text.Length; )
        {
            ConfStatement statement = Read(text, at);
            statements.Add(statement);
            at = statement.End;
        }

        return statements;
    }

    /// <summary>The elements of a list as they are written; null when it is none, or not closed.</summary>
    /// <param name="value">A whole value.</param>
    public static List<string>? Elements(string value)
    {
        if (value is not ['[', .., ']'])
            return null;
        var elements = new List<string>();
        for (int at = 1; at < value.Length - 1; )
        {
            if (value[at] is ' ' or '\t' or '\n' or '\r' or ',')
            {
                at++;
                continue;
            }

            int end = value[at] == '#' ? LineEnd(value, at) : Math.Max(at + 1, EndOfValue(value, at));
            if (value[at] != '#')
                elements.Add(value[at..Math.Min(end, value.Length - 1)]);
            at = end;
        }

        return elements;
    }

    private static ConfStatement Read(string text, int start)
    {
        int at = SkipBlanks(text, start);
        bool comment = at < text.Length && text[at] == '#';
        if (comment)
            at++;
        int keyStart = SkipBlanks(text, at);
        int keyEnd = keyStart;
        while (keyEnd < text.Length && (char.IsAsciiLetterOrDigit(text[keyEnd]) || text[keyEnd] is '_' or '-' or '.'))
            keyEnd++;
        int equals = SkipBlanks(text, keyEnd);
        if (keyEnd == keyStart || equals >= text.Length || text[equals] != '=')
            return new ConfStatement(null, comment, false, start, start, start, LineEnd(text, start));

        int valueStart = SkipBlanks(text, equals + 1);

        // A commented value ends with its line: what follows it is not known to be commented.
        int valueEnd = comment ? EndOfShortValue(text, valueStart) : EndOfValue(text, valueStart);
        int rest = SkipBlanks(text, valueEnd);
        int end = !comment && rest < text.Length && text[rest] == ';' ? AfterSemicolon(text, rest) : LineEnd(text, valueEnd);
        return new ConfStatement(text[keyStart..keyEnd], comment, keyStart == at, start, valueStart, valueEnd, end);
    }

    /// <summary>A semicolon at the end of its line ends no more than the line does.</summary>
    private static int AfterSemicolon(string text, int at)
    {
        int next = SkipBlanks(text, at + 1);
        return next >= text.Length || text[next] is '\n' or '\r' ? LineEnd(text, at) : at + 1;
    }

    private static int EndOfValue(string text, int at)
    {
        if (At(text, at, "\"\"\""))
        {
            int close = text.IndexOf("\"\"\"", at + 3, StringComparison.Ordinal);
            return close < 0 ? text.Length : close + 3;
        }

        return at < text.Length && text[at] == '[' ? EndOfList(text, at + 1) : EndOfShortValue(text, at);
    }

    private static int EndOfList(string text, int at)
    {
        while (at < text.Length && text[at] != ']')
        {
            at = text[at] switch
            {
                '"' or '\'' or '[' => EndOfValue(text, at),
                '#' => LineEnd(text, at),
                _ => at + 1,
            };
        }

        return Math.Min(at + 1, text.Length);
    }

    private static int EndOfShortValue(string text, int at)
    {
        if (at < text.Length && text[at] is '"' or '\'')
            return EndOfQuoted(text, at);
        while (at < text.Length && text[at] is not ('\n' or '\r' or '#' or ' ' or '\t' or ';' or ',' or ']'))
            at++;
        return at;
    }

    private static int EndOfQuoted(string text, int at)
    {
        int close = at + 1;
        while (close < text.Length && text[close] != text[at] && text[close] is not ('\n' or '\r'))
            close++;
        return close < text.Length && text[close] == text[at] ? close + 1 : close;
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        return at;
    }

    private static int LineEnd(string text, int at)
    {
        int newline = at < text.Length ? text.IndexOf('\n', at) : -1;
        return newline < 0 ? text.Length : newline + 1;
    }

    private static bool At(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;
}
