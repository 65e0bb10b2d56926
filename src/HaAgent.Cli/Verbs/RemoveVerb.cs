using System.CommandLine;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Remove;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent remove: takes guests out of the cluster.</summary>
internal static class RemoveVerb
{
    private static readonly Argument<string[]> Names = new("VM") { Description = "Guests of the cluster", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<bool> Stop = new("--stop") { Description = "Shut the guests down" };
    private static readonly Option<bool> KeepRunning = new("--keep-running")
    {
        Description = "Leave the guests running where they are, under libvirt alone",
    };

    public static Command Create()
    {
        var command = new Command("remove", "Take virtual machines out of the cluster, shut down or left running")
        {
            Names,
            Stop,
            KeepRunning,
        };
        command.AddRule(result =>
        {
            if (result.GetValue(Stop) == result.GetValue(KeepRunning))
                result.AddError("Say what becomes of the guests: either --stop or --keep-running.");
        });
        command.Plans(RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, PlanRunner runner, ParseResult parsed)
    {
        string[] names = [.. parsed.GetValue(Names)!.Distinct()];
        bool keep = parsed.GetValue(KeepRunning);
        var probe = new ClusterProbe(session);
        return await runner.RunAsync(
            async () => RemovePlanner.PlanFor(names, keep, await probe.LookAsync([])),
            $"{string.Join(", ", names)} {(names.Length == 1 ? "is" : "are")} no longer the cluster's"
        );
    }
}
