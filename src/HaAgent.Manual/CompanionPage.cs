using System.CommandLine;
using System.CommandLine.Completions;
using HaAgent.Cli.CommandLine;

namespace HaAgent.Manual;

/// <summary>haagent(8), from the root of the command tree.</summary>
internal static class CompanionPage
{
    private const string Name = "haagent";

    /// <summary>The page, with a line for each verb.</summary>
    public static Page Write(RootCommand root, string version)
    {
        var page = new Page(Name, 8, version, "highly available virtual machines on a Pacemaker cluster");
        page.Synopsis(Name, "VERB [OPTION…]");
        page.Heading("DESCRIPTION")
            .Paragraph(root.Description!)
            .Paragraph(
                "It asks and changes every node of the cluster from the one it is called on, by ssh, as root. What it is about to change "
                    + "it shows first, and asks. "
                    + "Each verb has a page of its own."
            );

        Command[] verbs = [.. root.Subcommands.Where(verb => !verb.Hidden)];
        page.Heading("VERBS");
        foreach (Command verb in verbs)
            page.Item(verb.Name, string.Join(' ', verb.Arguments.Where(a => !a.Hidden).Select(CommandTexts.Usage)), verb.Description + ".");
        page.Heading("OPTIONS");
        foreach (Option option in root.Options.Where(o => !o.Hidden))
            CommandTexts.Describe(page, option);
        CommandTexts.ExitStatus(page);
        page.Heading("FILES")
            .Item(
                "/var/lib/haagent/cib-before-DATE-TIME-VERB.xml",
                "",
                "What the cluster's configuration was before a change, on the node on which haagent ran; the newest 50 are kept. "
                    + "It holds what the configuration holds, passwords of fencing devices too."
            );
        page.Heading("TO BRING A CONFIGURATION BACK")
            .Paragraph("Look first at what that undoes, others' later changes with it:")
            .Example(
                "cibadmin --query > now.xml; crm_diff --original now.xml --new FILE\ncibadmin --replace --scope configuration "
                    + "--xml-file FILE"
            )
            .Paragraph(
                "The cluster acts on it at once: a guest that the old configuration does not have is stopped, one that it has is started. "
                    + "'crm maintenance on' before and a "
                    + "look at 'crm_mon -r' after let it stand still meanwhile."
            );
        return page.SeeAlso([.. verbs.Select(verb => (VerbPage.NameOf(Name, verb), 8)), (AgentPage.Name, 7), ("crm", 8), ("pcs", 8)]);
    }
}

/// <summary>haagent-VERB(8), from what the verb says of itself in the command tree.</summary>
internal static class VerbPage
{
    /// <summary>A page for every verb, and for every verb below one.</summary>
    public static IEnumerable<Page> WriteAll(RootCommand root, string version) => Below(root, "haagent", version);

    /// <summary>The name of a verb's page.</summary>
    public static string NameOf(string parent, Command verb) => $"{parent}-{verb.Name}";

    private static IEnumerable<Page> Below(Command parent, string name, string version) =>
        parent
            .Subcommands.Where(verb => !verb.Hidden)
            .SelectMany(verb => (IEnumerable<Page>)[Write(verb, parent, name, version), .. Below(verb, NameOf(name, verb), version)]);

    private static Page Write(Command verb, Command parent, string parentName, string version)
    {
        string name = NameOf(parentName, verb);
        var page = new Page(name, 8, version, Uncapitalized(verb.Description!));
        page.Synopsis(
            name.Replace('-', ' '),
            string.Join(' ', [.. verb.Arguments.Where(a => !a.Hidden).Select(CommandTexts.Usage), "[OPTION…]"])
        );
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

/// <summary>How the pages of the companion show the parts of a command.</summary>
internal static class CommandTexts
{
    /// <summary>An option's names, its value, and what there is to know of it.</summary>
    public static void Describe(Page page, Option option)
    {
        // '/?' and '/h' are for other systems than ours.
        IEnumerable<string> names = option.Aliases.Append(option.Name).Where(name => name.StartsWith('-')).OrderBy(name => name.Length);
        bool takesValue = option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;
        string value = takesValue ? option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant() : "";

        List<string> sentences = [option.Description + "."];
        string[] choices = takesValue ? [.. option.GetCompletions(CompletionContext.Empty).Select(c => c.Label)] : [];
        if (choices.Length > 0)
            sentences.Add($"One of {string.Join(", ", choices)}.");
        if (option.HasDefaultValue && takesValue)
            sentences.Add($"Default: {option.GetDefaultValue()}.");
        if (takesValue && option.Arity.MaximumNumberOfValues > 1)
            sentences.Add("May be given more than once.");
        page.Item(string.Join(", ", names), value, string.Join(' ', sentences));
    }

    /// <summary>An argument's name in capitals, as man pages have it.</summary>
    public static string NameOf(Argument argument) => (argument.HelpName ?? argument.Name).ToUpperInvariant();

    /// <summary>An argument in a synopsis.</summary>
    public static string Usage(Argument argument)
    {
        string words = NameOf(argument) + (argument.Arity.MaximumNumberOfValues > 1 ? "…" : "");
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{words}]" : words;
    }

    /// <summary>The statuses with which any verb ends.</summary>
    public static void ExitStatus(Page page)
    {
        page.Heading("EXIT STATUS");
        foreach ((ExitCode code, string meaning) in ExitCodes.Table)
            page.Item($"{(int)code}", "", meaning + ".");
    }
}
