using System.CommandLine;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Adopt;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent adopt: from ocf:heartbeat:VirtualDomain to ours, and back, without stopping a guest.</summary>
internal static class AdoptVerb
{
    private static readonly Argument<string[]> Names = new("VM")
    {
        Description = "Guests of the cluster",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<bool> All = new("--all") { Description = "Every guest of the cluster" };
    private static readonly Option<bool> Revert = new("--revert") { Description = "Hand them back to ocf:heartbeat:VirtualDomain" };

    public static Command Create()
    {
        var command = new Command(
            "adopt",
            "Hand guests under ocf:heartbeat:VirtualDomain over to ocf:haagent:VirtualDomain, or back, without stopping them"
        )
        {
            Names,
            All,
            Revert,
        };
        command.AddRule(result =>
        {
            if (result.GetValue(All) == (result.GetValue(Names) ?? []).Length > 0)
                result.AddError("Name guests, or say --all.");
        });
        command.Plans(RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, PlanRunner runner, ParseResult parsed)
    {
        string[] named = [.. (parsed.GetValue(Names) ?? []).Distinct()];
        bool revert = parsed.GetValue(Revert);
        var probe = new ClusterProbe(session);
        return await runner.RunAsync(
            async () => PlanFor(named, revert, await probe.LookAsync(Questions)),
            $"{(named.Length == 0 ? "every guest" : string.Join(", ", named))} is under "
                + $"{(revert ? AgentName.Theirs : AgentName.Ours).FullName}, and was not stopped"
        );
    }

    private static Plan PlanFor(string[] named, bool revert, Snapshot snapshot)
    {
        string[] names = named.Length > 0 ? named : [.. snapshot.Cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => p.Id)];
        return AdoptPlanner.PlanFor(names, revert, snapshot);
    }

    private static IReadOnlyList<NodeQuestion> Questions(Cib cib) =>
        [
            new HostQuestion(),
            new RunningGuestsQuestion(),
            new FilesQuestion([
                .. cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => p.Parameter("config")).OfType<string>().Distinct(),
            ]),
        ];
}
