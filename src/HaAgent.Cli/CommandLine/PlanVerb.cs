using System.CommandLine;
using HaAgent.Cli.Apply;

namespace HaAgent.Cli.CommandLine;

/// <summary>What all verbs have in common that plan, show, ask and change.</summary>
internal static class PlanVerb
{
    /// <summary>Completes such a verb: the options by which it only shows or does not ask, and what it does.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="run">Plans, by the runner that shows the plan, asks, and carries it out.</param>
    public static void Plans(this Command command, Func<Session, PlanRunner, ParseResult, Task<ExitCode>> run)
    {
        Option<bool> yes = CommonOptions.Yes();
        Option<bool> dryRun = CommonOptions.DryRun();
        Option<bool> json = CommonOptions.Json();
        foreach (Option<bool> option in new[] { yes, dryRun, json })
            command.Options.Add(option);
        command.AddRule(result =>
        {
            if (result.GetValue(json) && !result.GetValue(dryRun))
                result.AddError("--json answers with the plan alone: say --dry-run too.");
        });
        command.SetAction((parsed, stopping) => Session.RunAsync(session => run(session, Runner(session, parsed), parsed), stopping));

        PlanRunner Runner(Session session, ParseResult parsed) =>
            new(session, new PlanOptions(parsed.GetValue(dryRun), parsed.GetValue(yes), parsed.GetValue(json)) { Verb = command.Name });
    }
}
