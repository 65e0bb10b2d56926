using System.CommandLine;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Evacuating;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent evacuate NODE: what becomes of each guest, then standby.</summary>
internal static class EvacuateVerb
{
    private static readonly Argument<string> Node = new("NODE") { Description = "The node to empty" };
    private static readonly Option<bool> StopStuck = new("--stop-stuck") { Description = "Go on although some virtual machines can run nowhere else; they are stopped" };
    private static readonly Option<bool> Yes = CommonOptions.Yes();
    private static readonly Option<bool> DryRun = CommonOptions.DryRun();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("evacuate", "Say what becomes of each virtual machine of a node, then put the node into standby and watch them leave") { Node, StopStuck, Yes, DryRun, Json };
        command.AddRule(result =>
        {
            if (result.GetValue(Json) && !result.GetValue(DryRun))
                result.AddError("--json goes with --dry-run only.");
        });
        command.SetAction((parsed, stopping) => Session.RunAsync(
            session => new EvacuationRun(session, parsed.GetValue(Node)!, parsed.GetValue(StopStuck), parsed.GetValue(Yes), parsed.GetValue(DryRun), parsed.GetValue(Json)).RunAsync(), stopping));
        return command;
    }
}
