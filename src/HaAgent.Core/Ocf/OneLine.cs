using System.Text;

namespace HaAgent.Core.Ocf;

/// <summary>Text from elsewhere (a guest's XML, a program's output) as one harmless line of a log or a reason.</summary>
public static class OneLine
{
    /// <summary>The text with every control character (C0, DEL, C1) and line separator as a blank: a line break in it makes no second line, an escape sequence none of its own.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int first = IndexOfUnsafe(text);
        if (first < 0)
            return text;
        var line = new StringBuilder(text);
        for (int i = first; i < line.Length; i++)
        {
            if (IsUnsafe(line[i]))
                line[i] = ' ';
        }

        return line.ToString();
    }

    private static int IndexOfUnsafe(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (IsUnsafe(text[i]))
                return i;
        }

        return -1;
    }

    private static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
