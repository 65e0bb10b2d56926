using System.Globalization;
using System.Text;

namespace HaAgent.Core.Text;

/// <summary>
/// Makes foreign text safe to print: what a guest's XML, another node, libvirt or a file says must not move the cursor, hide or turn what
/// stands beside it, or begin a line of its own.
/// </summary>
public static class Printable
{
    /// <summary>
    /// The text as one line: a line break of any kind and a tab become a space; other control characters (C0, DEL, C1), marks that turn the
    /// direction of writing, and halves of characters become visible, as <c>\x1b</c> or <c>\u202e</c>.
    /// </summary>
    public static string Line(string text) => Cleaned(text, keepTabs: false);

    /// <summary>The same for a screen: a tab stays, as in the lines of the crm shell.</summary>
    public static string ScreenLine(string text) => Cleaned(text, keepTabs: true);

    /// <summary>
    /// A JSON text, which means the same afterwards: its own line breaks stay, what is unsafe in its strings is written as <c>\uNNNN</c>.
    /// </summary>
    public static string Json(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int first = FirstUnsafe(text, 0);
        if (first < 0)
            return text;
        var safe = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            // Outside of strings there are no others, and inside of them these two are escaped already.
            if (text[i] is '\n' or '\r' or '\t' || !IsUnsafe(text, i))
                safe.Append(text[i]);
            else
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
        }

        return safe.ToString();
    }

    private static string Cleaned(string text, bool keepTabs)
    {
        ArgumentNullException.ThrowIfNull(text);
        int first = FirstUnsafe(text, 0);
        if (first < 0)
            return text;
        var safe = new StringBuilder(text.Length + 16).Append(text, 0, first);
        for (int i = first; i < text.Length; i++)
        {
            char c = text[i];
            if (!IsUnsafe(text, i) || (keepTabs && c == '\t'))
                safe.Append(c);
            else if (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                continue;
            else if (c is '\n' or '\r' or '\t' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029')
                safe.Append(' ');
            else if (c <= '\u009f')
                safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return safe.ToString();
    }

    private static int FirstUnsafe(string text, int from)
    {
        for (int i = from; i < text.Length; i++)
        {
            if (IsUnsafe(text, i))
                return i;
        }

        return -1;
    }

    private static bool IsUnsafe(string text, int at) =>
        text[at] switch
        {
            < ' ' or (>= '\u007f' and <= '\u009f') => true,

            // Marks, embeddings, overrides and isolates of the bidirectional algorithm; separators of lines and paragraphs.
            '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => true,
            var c when char.IsHighSurrogate(c) => at + 1 >= text.Length || !char.IsLowSurrogate(text[at + 1]),
            var c when char.IsLowSurrogate(c) => at == 0 || !char.IsHighSurrogate(text[at - 1]),
            _ => false,
        };
}
