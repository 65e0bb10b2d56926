namespace HaAgent.Cli.Screens;

/// <summary>
/// Where a verb speaks to the admin: a terminal with colours, or plain lines for pipes, logs and tests. Whatever is said may quote what guests, nodes and
/// programs said: each screen makes it safe to print (<see cref="HaAgent.Core.Text.Printable"/>), and one line.
/// </summary>
internal interface IScreen
{
    /// <summary>One line of the answer, on standard output.</summary>
    void Line(string text = "");

    /// <summary>An answer for programs, on standard output: a JSON text of several lines.</summary>
    void Json(string text);

    /// <summary>A line that stands out, such as a heading.</summary>
    void Heading(string text);

    /// <summary>A judgement with its sentence.</summary>
    void Mark(Tone tone, string text);

    /// <summary>A table; plain screens print its cells in columns without a frame.</summary>
    void Table(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows);

    /// <summary>What went wrong, on standard error.</summary>
    void Problem(string text);

    /// <summary>Does something that takes a while, with a sign of life.</summary>
    Task<T> Busy<T>(string what, Func<Task<T>> work);

    /// <summary>Asks for a yes. Null when there is nobody to ask.</summary>
    bool? Confirm(string question);

    /// <summary>Asks for a word to be typed. Null when there is nobody to ask.</summary>
    string? Ask(string question);
}
