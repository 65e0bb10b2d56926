using System.CommandLine;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Teardown;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent teardown: takes away what setup made.</summary>
internal static class TeardownVerb
{
    private static readonly Option<string> CloneName = CommonOptions.ResourceName(
        "--clone",
        "The name of the clone that carries the lock storage",
        "cl-virt-lock"
    );

    public static Command Create()
    {
        var command = new Command("teardown", "Take away what setup made; refused while virtual machines use it") { CloneName };
        command.Plans(RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, PlanRunner runner, ParseResult parsed)
    {
        string clone = parsed.GetValue(CloneName)!;
        var probe = new ClusterProbe(session);
        return await runner.RunAsync(
            async () => TeardownPlanner.PlanFor(clone, await probe.LookAsync(SetupQuestions.ForTeardown)),
            $"{clone} is gone, and what setup wrote into libvirt's settings is taken back"
        );
    }
}
