namespace HaAgent.Core.Locking;

/// <summary>
/// One statement or comment of a libvirt .conf file, as virConfParseStatement (src/util/virconf.c) delimits them: by line ends or semicolons; a value in
/// brackets or triple quotes may span several lines of text.
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
        for (int at = 0; at < text.Length;)
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
        for (int at = 1; at < value.Length - 1;)
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
