using System.CommandLine;

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
        page.Heading("DESCRIPTION").Paragraph(root.Description!).Paragraph(
            "It asks and changes every node of the cluster from the one it is called on, by ssh, as root. What it is about to change it shows first, and asks. "
            + "Each verb has a page of its own.");

        Command[] verbs = [.. root.Subcommands.Where(verb => !verb.Hidden)];
        page.Heading("VERBS");
        foreach (Command verb in verbs)
            page.Item(verb.Name, string.Join(' ', verb.Arguments.Where(a => !a.Hidden).Select(CommandTexts.Usage)), verb.Description + ".");
        page.Heading("OPTIONS");
        foreach (Option option in root.Options.Where(o => !o.Hidden))
            CommandTexts.Describe(page, option);
        CommandTexts.ExitStatus(page);
        page.Heading("FILES")
            .Item("/var/lib/haagent/cib-before-DATE-TIME-VERB.xml", "", "What the cluster's configuration was before a change, on the node on which haagent ran; the newest 50 are kept. "
                + "It holds what the configuration holds, passwords of fencing devices too.");
        page.Heading("TO BRING A CONFIGURATION BACK").Paragraph("Look first at what that undoes, others' later changes with it:")
            .Example("cibadmin --query > now.xml; crm_diff --original now.xml --new FILE\ncibadmin --replace --scope configuration --xml-file FILE")
            .Paragraph("The cluster acts on it at once: a guest that the old configuration does not have is stopped, one that it has is started. 'crm maintenance on' before and a "
                + "look at 'crm_mon -r' after let it stand still meanwhile.");
        return page.SeeAlso([.. verbs.Select(verb => (VerbPage.NameOf(Name, verb), 8)), (AgentPage.Name, 7), ("crm", 8), ("pcs", 8)]);
    }
}
