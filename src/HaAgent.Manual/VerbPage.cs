using System.CommandLine;

namespace HaAgent.Manual;

/// <summary>haagent-VERB(8), from what the verb says of itself in the command tree.</summary>
internal static class VerbPage
{
    /// <summary>A page for every verb, and for every verb below one.</summary>
    public static IEnumerable<Page> WriteAll(RootCommand root, string version) => Below(root, "haagent", version);

    /// <summary>The name of a verb's page.</summary>
    public static string NameOf(string parent, Command verb) => $"{parent}-{verb.Name}";

    private static IEnumerable<Page> Below(Command parent, string name, string version) =>
        parent.Subcommands.Where(verb => !verb.Hidden).SelectMany(verb => (IEnumerable<Page>)[Write(verb, parent, name, version), .. Below(verb, NameOf(name, verb), version)]);

    private static Page Write(Command verb, Command parent, string parentName, string version)
    {
        string name = NameOf(parentName, verb);
        var page = new Page(name, 8, version, Uncapitalized(verb.Description!));
        page.Synopsis(name.Replace('-', ' '), string.Join(' ', [.. verb.Arguments.Where(a => !a.Hidden).Select(CommandTexts.Usage), "[OPTION…]"]));
        page.Heading("DESCRIPTION").Paragraph(verb.Description + ".");
        foreach (Argument argument in verb.Arguments.Where(a => !a.Hidden))
            page.Item("", CommandTexts.NameOf(argument), argument.Description + ".");

        page.Heading("OPTIONS");
        foreach (Option option in verb.Options.Concat(parent.Options.Where(o => o.Recursive)).Where(o => !o.Hidden))
            CommandTexts.Describe(page, option);
        CommandTexts.ExitStatus(page);
        return page.SeeAlso([("haagent", 8), (AgentPage.Name, 7)]);
    }

    private static string Uncapitalized(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
