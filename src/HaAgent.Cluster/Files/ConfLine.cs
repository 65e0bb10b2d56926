namespace HaAgent.Cluster.Files;

/// <summary>One statement or comment of a libvirt .conf file; a value in brackets or triple quotes may span several lines of text.</summary>
/// <param name="Key">What it sets or, in a comment, what it would set; null for anything else.</param>
/// <param name="IsComment">Whether it stands behind a #.</param>
/// <param name="IsTight">Whether the key follows the # directly.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="ValueStart">Where the value starts.</param>
/// <param name="ValueEnd">Behind the value's last character.</param>
/// <param name="End">Behind the line's end.</param>
internal sealed record ConfLine(string? Key, bool IsComment, bool IsTight, int Start, int ValueStart, int ValueEnd, int End)
{
    public bool Sets(string key) => Key == key && !IsComment;

    public bool IsExampleOf(string key) => Key == key && IsComment;

    public static List<ConfLine> Split(string text)
    {
        var lines = new List<ConfLine>();
        for (int at = 0; at < text.Length;)
        {
            ConfLine line = Read(text, at);
            lines.Add(line);
            at = line.End;
        }

        return lines;
    }

    private static ConfLine Read(string text, int start)
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
            return new ConfLine(null, comment, false, start, start, start, LineEnd(text, start));

        int valueStart = SkipBlanks(text, equals + 1);

        // A commented value ends with its line: what follows it is not known to be commented.
        int valueEnd = comment ? EndOfShortValue(text, valueStart) : EndOfValue(text, valueStart);
        return new ConfLine(text[keyStart..keyEnd], comment, keyStart == at, start, valueStart, valueEnd, LineEnd(text, valueEnd));
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
                '"' or '\'' => EndOfQuoted(text, at),
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
        while (at < text.Length && text[at] is not ('\n' or '\r' or '#' or ' ' or '\t'))
            at++;
        return at;
    }

    private static int EndOfQuoted(string text, int at)
    {
        int close = at + 1;
        while (close < text.Length && text[close] != text[at] && text[close] != '\n')
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
