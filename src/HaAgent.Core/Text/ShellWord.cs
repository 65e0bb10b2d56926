using System.Globalization;
using System.Text;

namespace HaAgent.Core.Text;

/// <summary>Writes a text as one word of a shell command.</summary>
public static class ShellWord
{
    /// <summary>
    /// The word, quoted where the shell would read more into it. What could not be shown is written as <c>$'\033'</c> (POSIX.1-2024,
    /// 2.2.4), so that it can be copied from the screen.
    /// </summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (
            text.Length > 0
            && text[0] != '~'
            && text.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:=@%+,".Contains(c, StringComparison.Ordinal))
        )
            return text;
        if (Printable.Line(text) == text)
            return $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        var quoted = new StringBuilder("$'");
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (b is < (byte)' ' or >= 0x7f or (byte)'\'' or (byte)'\\')
                quoted.Append(CultureInfo.InvariantCulture, $"\\{Convert.ToString(b, 8).PadLeft(3, '0')}");
            else
                quoted.Append((char)b);
        }

        return quoted.Append('\'').ToString();
    }
}
