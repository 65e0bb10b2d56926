using HaAgent.Core.Text;

namespace HaAgent.Cli.Screens;

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
        int[] widths = [.. Enumerable.Range(0, headings.Count).Select(i => rows.Select(row => row[i].Length).Append(headings[i].Length).Max())];
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
