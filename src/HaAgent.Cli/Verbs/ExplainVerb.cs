using System.CommandLine;
using System.Text.Json;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Json;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Explain;
using HaAgent.Cluster.Status;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent explain VM: why it is where it is, or why it does not run.</summary>
internal static class ExplainVerb
{
    private static readonly Argument<string> Vm = new("VM") { Description = "The virtual machine's name in the cluster" };
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("explain", "Say why a virtual machine is where it is, or why it does not run, and what to do next")
        {
            Vm,
            Json,
        };
        command.SetAction((parsed, stopping) => Session.RunAsync(session => RunAsync(session, parsed), stopping));
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, ParseResult parsed)
    {
        string vm = parsed.GetValue(Vm)!;
        Explanation explanation = await session.LookAsync(
            "looking at the cluster",
            async () =>
            {
                WatchScope scope = await new WatchProbe(session).LookAsync(vm);
                WatchedGuest guest = scope.Guests.Count > 0 ? scope.Guests[0] : throw Unknown(vm, scope.Snapshot.Cib);
                return Explanation.Of(
                    new ExplainScope(scope, guest, await SchedulerProbe.AskAsync(scope.Snapshot.Cib), TimeZoneInfo.Local)
                );
            }
        );
        if (parsed.GetValue(Json))
        {
            session.Screen.Json(JsonSerializer.Serialize(ExplainAnswer.Of(vm, explanation), Answers.Readable.ExplainAnswer));
            return ExitCodes.OfLook(explanation.NotLearned);
        }

        foreach (string line in explanation.Lines())
            session.Screen.Line(line);
        return ExitCodes.OfLook(explanation.NotLearned);
    }

    private static Stop Unknown(string vm, Cib cib)
    {
        string[] known = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => p.Id)];
        return new Stop(
            ExitCode.Refused,
            cib.Primitive(vm) is { } other ? $"{vm} is no virtual machine: its agent is {other.Agent}."
                : known.Length == 0 ? $"The cluster has no virtual machine {vm}, and no other. Add one with haagent add."
                : $"The cluster has no virtual machine {vm}; it has {string.Join(", ", known)}. Add {vm} with haagent add."
        );
    }
}
