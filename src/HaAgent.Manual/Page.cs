using System.Text;

namespace HaAgent.Manual;

/// <summary>A manual page in the making, in the macros of man(7). Every text that is handed in is plain: it is escaped here.</summary>
internal sealed class Page
{
    private readonly StringBuilder _roff = new();

    /// <summary>Begins a page with its heading and its NAME section. It carries no date, so that it is the same whenever it is
    /// built.</summary>
    /// <param name="name">As typed behind <c>man</c>.</param>
    /// <param name="section">7 or 8.</param>
    /// <param name="version">Of HaAgent.</param>
    /// <param name="purpose">One line, which <c>apropos</c> finds.</param>
    public Page(string name, int section, string version, string purpose)
    {
        Name = name;
        Section = section;
        _roff.Append(
            $".TH \"{Escape(name.ToUpperInvariant())}\" \"{section}\" \"\" \"haagent {Escape(version)}\" \"HaAgent\"\n.nh\n.ad l\n"
        );
        Heading("NAME");
        Line($"{Escape(name)} \\- {Escape(purpose)}");
    }

    public string Name { get; }

    public int Section { get; }

    /// <summary>A section's title.</summary>
    public Page Heading(string title) => Line($".SH \"{Escape(title)}\"");

    /// <summary>A paragraph.</summary>
    public Page Paragraph(string text) => Line(".PP").Text(text);

    /// <summary>A term, with what stands in for its value, and the paragraphs that explain it.</summary>
    public Page Item(string term, string value, params string[] paragraphs)
    {
        Line(".TP").Line($"\\fB{Escape(term)}\\fR{(value.Length > 0 ? $" \\fI{Escape(value)}\\fR" : "")}");
        for (int i = 0; i < paragraphs.Length; i++)
            (i == 0 ? this : Line(".IP")).Text(paragraphs[i]);
        return this;
    }

    /// <summary>What is typed, as it is typed.</summary>
    public Page Example(string text)
    {
        Line(".PP").Line(".RS 4").Line(".nf");
        foreach (string line in text.TrimEnd('\n').Split('\n'))
            Text(line);
        return Line(".fi").Line(".RE");
    }

    /// <summary>How a program is called: its name, and the words behind it.</summary>
    public Page Synopsis(string program, string words) => Heading("SYNOPSIS").Line($"\\fB{Escape(program)}\\fR {Escape(words)}");

    /// <summary>Other pages, as NAME(SECTION).</summary>
    public Page SeeAlso(params IEnumerable<(string Name, int Section)> pages) =>
        Heading("SEE ALSO").Line(string.Join(",\n", pages.Select(page => $"\\fB{Escape(page.Name)}\\fR({page.Section})")));

    public override string ToString() => _roff.ToString();

    private Page Text(string text)
    {
        // A dot or an apostrophe would make a request of the line.
        string escaped = Escape(text);
        return Line(escaped.StartsWith('.') || escaped.StartsWith("\\(aq", StringComparison.Ordinal) ? "\\&" + escaped : escaped);
    }

    private Page Line(string roff)
    {
        _roff.Append(roff).Append('\n');
        return this;
    }

    /// <summary>Hyphens and apostrophes stay those of the keyboard, so that what is copied from a page works.</summary>
    private static string Escape(string text) =>
        text.Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("'", "\\(aq", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal)
            .Replace("~", "\\(ti", StringComparison.Ordinal)
            .Replace("^", "\\(ha", StringComparison.Ordinal)
            .Replace("…", "...", StringComparison.Ordinal);
}
