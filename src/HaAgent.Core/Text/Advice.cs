using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace HaAgent.Core.Text;

/// <summary>
/// What an admin may type next. It is written as an interpolated string, and each hole in it is a word of a shell command: a name out of a
/// guest's XML or the cluster's configuration arrives at the shell as that name and nothing else. There is no way to make one out of a
/// plain string.
/// </summary>
[InterpolatedStringHandler]
public sealed class Advice : IEquatable<Advice>
{
    private readonly StringBuilder text;

    /// <summary>Begins one; the compiler calls it.</summary>
    public Advice(int literalLength, int formattedCount) => text = new StringBuilder(literalLength + (16 * formattedCount));

    /// <summary>Makes one where nothing else says that it is one.</summary>
    public static Advice Of(Advice advice) => advice;

    /// <summary>All, one after the other.</summary>
    public static Advice Joined(string separator, IEnumerable<Advice> all)
    {
        var joined = new Advice(0, 0);
        joined.text.AppendJoin(separator, all);
        return joined;
    }

    /// <summary>What we wrote.</summary>
    public void AppendLiteral(string value) => text.Append(value);

    /// <summary>One word.</summary>
    public void AppendFormatted(string? value) => text.Append(ShellWord.Quote(value ?? ""));

    /// <summary>One word for each.</summary>
    public void AppendFormatted(IEnumerable<string> words) => text.AppendJoin(' ', words.Select(ShellWord.Quote));

    /// <summary>A number.</summary>
    public void AppendFormatted(long value) => text.Append(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A part that is advice itself.</summary>
    public void AppendFormatted(Advice? part) => text.Append(part);

    /// <summary>What is read and never typed.</summary>
    public void AppendFormatted(Prose prose) => text.Append(prose.Text);

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    /// <inheritdoc/>
    public bool Equals(Advice? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Advice);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

/// <summary>Words in advice that are for reading alone and stand in no command.</summary>
/// <param name="Text">The words.</param>
public readonly record struct Prose(string Text)
{
    /// <summary>Names, one after the other.</summary>
    public static Prose List(IEnumerable<string> names) => new(string.Join(", ", names));
}
