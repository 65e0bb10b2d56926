using HaAgent.Core.Text;
using Spectre.Console;

namespace HaAgent.Cli.Screens;

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

    public bool? Confirm(string question) => output.Prompt(new ConfirmationPrompt(Markup.Escape(Printable.Line(question))) { DefaultValue = false });

    public string? Ask(string question) => output.Prompt(new TextPrompt<string>(Markup.Escape(Printable.Line(question))).AllowEmpty());
}
