using HaAgent.Core.Text;
using Spectre.Console;

namespace HaAgent.Cli.Screens;

/// <summary>Chooses the screen: rich on a terminal, plain everywhere else.</summary>
internal static class Screen
{
    public static IScreen Open()
    {
        bool terminal =
            !Console.IsOutputRedirected
            && !Console.IsErrorRedirected
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        if (!terminal || Console.IsInputRedirected)
            return new PlainScreen(Console.Out, Console.Error, Console.IsInputRedirected ? null : Console.In);
        return new RichScreen(
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }),
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
        );
    }
}

/// <summary>
/// Where a verb speaks to the admin: a terminal with colours, or plain lines for pipes, logs and tests. Whatever is said may quote what
/// guests, nodes and programs said: each screen makes it safe to print (<see cref="HaAgent.Core.Text.Printable"/>), and one line.
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

/// <summary>Plain lines, never wrapped or coloured, each written out at once.</summary>
internal sealed class PlainScreen(TextWriter output, TextWriter errors, TextReader? input) : IScreen
{
    public void Line(string text = "") => Write(output, text);

    public void Json(string text) => Put(output, Printable.Json(text));

    public void Heading(string text) => Write(output, text);

    public void Mark(Tone tone, string text)
    {
        string word = tone switch
        {
            Tone.Good => "ok",
            Tone.Warning => "warning",
            Tone.Bad => "error",
        };
        Write(output, $"{word}: {text}");
    }

    public void Table(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        headings = [.. headings.Select(Printable.Line)];
        rows = [.. rows.Select(row => row.Select(Printable.Line).ToArray())];
        int[] widths =
        [
            .. Enumerable.Range(0, headings.Count).Select(i => rows.Select(row => row[i].Length).Append(headings[i].Length).Max()),
        ];
        Write(output, Row(headings, widths));
        foreach (IReadOnlyList<string> row in rows)
            Write(output, Row(row, widths));
    }

    public void Problem(string text) => Write(errors, text);

    public Task<T> Busy<T>(string what, Func<Task<T>> work) => work();

    public bool? Confirm(string question) => Ask(question + " (yes/no)") is { } answer ? answer is "yes" or "y" : null;

    public string? Ask(string question)
    {
        if (input is null)
            return null;
        output.Write(Printable.ScreenLine(question) + " ");
        output.Flush();
        return input.ReadLine()?.Trim();
    }

    private static string Row(IReadOnlyList<string> cells, int[] widths) =>
        string.Join("  ", cells.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd();

    private static void Write(TextWriter writer, string text) => Put(writer, Printable.ScreenLine(text));

    private static void Put(TextWriter writer, string text)
    {
        writer.WriteLine(text);
        writer.Flush();
    }
}

/// <summary>A terminal: colours, frames, a spinner while something takes its time.</summary>
internal sealed class RichScreen(IAnsiConsole output, IAnsiConsole errors) : IScreen
{
    public void Line(string text = "") => output.WriteLine(Printable.ScreenLine(text));

    public void Json(string text) => output.WriteLine(Printable.Json(text));

    public void Heading(string text) => output.MarkupLineInterpolated($"[bold]{Printable.ScreenLine(text)}[/]");

    public void Mark(Tone tone, string text)
    {
        text = Printable.ScreenLine(text);
        switch (tone)
        {
            case Tone.Good:
                output.MarkupLineInterpolated($"[green]ok[/]       {text}");
                break;
            case Tone.Warning:
                output.MarkupLineInterpolated($"[yellow]warning[/]  {text}");
                break;
            case Tone.Bad:
                output.MarkupLineInterpolated($"[red]error[/]    {text}");
                break;
        }
    }

    public void Table(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table().RoundedBorder();
        foreach (string heading in headings)
            table.AddColumn(new TableColumn(new Text(Printable.Line(heading), new Style(decoration: Decoration.Bold))));
        foreach (IReadOnlyList<string> row in rows)
            table.AddRow(row.Select(cell => new Text(Printable.Line(cell))));
        output.Write(table);
    }

    public void Problem(string text) => errors.MarkupLineInterpolated($"[red]{Printable.ScreenLine(text)}[/]");

    public Task<T> Busy<T>(string what, Func<Task<T>> work) => output.Status().StartAsync(Markup.Escape(Printable.Line(what)), _ => work());

    public bool? Confirm(string question) =>
        output.Prompt(new ConfirmationPrompt(Markup.Escape(Printable.Line(question))) { DefaultValue = false });

    public string? Ask(string question) => output.Prompt(new TextPrompt<string>(Markup.Escape(Printable.Line(question))).AllowEmpty());
}

/// <summary>How a line is meant.</summary>
internal enum Tone
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth knowing.</summary>
    Warning,

    /// <summary>Wrong.</summary>
    Bad,
}
