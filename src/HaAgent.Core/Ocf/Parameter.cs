namespace HaAgent.Core.Ocf;

/// <summary>How the text of a parameter is read.</summary>
public enum ParameterKind
{
    /// <summary>Any text without control characters.</summary>
    Text,

    /// <summary>What ocf_is_true of the resource-agents package takes for true, and its opposites.</summary>
    Boolean,

    /// <summary>A decimal integer between the row's bounds.</summary>
    Integer,

    /// <summary>One of the row's choices.</summary>
    Choice,
}

/// <summary>One row of <see cref="ParameterTable"/>: parsing, validation, meta-data and documentation read it.</summary>
/// <param name="Name">The name in the CIB; the environment carries it as OCF_RESKEY_NAME.</param>
/// <param name="Kind">How its text is read.</param>
/// <param name="Default">The text that holds when none, or an empty one, is given.</param>
/// <param name="Short">The shortdesc of meta-data.</param>
/// <param name="Long">The longdesc of meta-data.</param>
public sealed record Parameter(string Name, ParameterKind Kind, string Default, string Short, string Long)
{
    /// <summary>Without it the resource cannot be.</summary>
    public bool Required { get; init; }

    /// <summary>No two resources may have the same value.</summary>
    public bool Unique { get; init; }

    /// <summary>A change takes effect by reload-agent, without a restart of the guest.</summary>
    public bool Reloadable { get; init; } = true;

    /// <summary>The words a <see cref="ParameterKind.Choice"/> may have.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>The least value of an <see cref="ParameterKind.Integer"/>.</summary>
    public long Minimum { get; init; }

    /// <summary>The greatest value of an <see cref="ParameterKind.Integer"/>.</summary>
    public long Maximum { get; init; } = int.MaxValue;

    /// <summary>A further check of a non-empty text: what is wrong with it, or null.</summary>
    public Func<string, string?>? Check { get; init; }

    /// <summary>What is wrong with this text, as the end of a sentence that begins with the parameter's name; null when it is fine.</summary>
    public string? Problem(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
                return "contains a control character";
        }

        switch (Kind)
        {
            case ParameterKind.Boolean:
                return OcfBoolean.TryParse(text, out _) ? null : $"is '{text}', which is not a boolean (true or false)";
            case ParameterKind.Integer:
                if (!long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out long number))
                    return $"is '{text}', which is not an integer";
                if (number < Minimum || number > Maximum)
                    return $"is {text}, outside {Minimum} to {Maximum}";
                return null;
            case ParameterKind.Choice:
                return Array.IndexOf(Choices, text) >= 0 ? null : $"is '{text}'; it takes one of: {string.Join(", ", Choices)}";
            case ParameterKind.Text:
                return Check?.Invoke(text);
        }

        return null;
    }
}
