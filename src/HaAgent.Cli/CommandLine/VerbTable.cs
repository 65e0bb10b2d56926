using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using HaAgent.Cli.Verbs;
using HaAgent.Cli.Verifying;

namespace HaAgent.Cli.CommandLine;

/// <summary>Every verb, one row each, in the order of <c>haagent --help</c>.</summary>
internal static class VerbTable
{
    private static readonly Func<Command>[] Rows =
    [
        CheckVerb.Create,
        StatusVerb.Create,
        ExplainVerb.Create,
        SetupVerb.Create,
        AddVerb.Create,
        RemoveVerb.Create,
        AdoptVerb.Create,
        VerifyVerb.Create,
        EvacuateVerb.Create,
        TeardownVerb.Create,
        NodeVerb.Create,
        PreferenceKeeper.Create,
    ];

    /// <summary>The whole command tree.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand(
            "From a bare Pacemaker cluster to highly available virtual machines: checks, sets up, adds, tests and explains."
        );
        foreach (Func<Command> row in Rows)
            root.Subcommands.Add(row());
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
            help.Action = new RootHelp((SynchronousCommandLineAction)help.Action!);
        return root;
    }
}

/// <summary>The help of haagent as a whole says after its verbs what each exit status means; the help of one verb is left as it
/// is.</summary>
/// <param name="usual">What shows the help otherwise.</param>
internal sealed class RootHelp(SynchronousCommandLineAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => usual.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        int status = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not RootCommand)
            return status;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Exit status:");
        foreach ((ExitCode code, string meaning) in ExitCodes.Table)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(int)code, -4}{meaning}"));
        return status;
    }
}
