using System.Text;
using HaAgent.Cli.Nodes;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using HaAgent.Host;

namespace HaAgent.Cli.Apply;

/// <summary>Has Pacemaker itself judge the configurations that a plan would put into force, before the first of its changes.</summary>
internal static class ConfigurationCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The plan with what follows from that: refusals when it would bring errors, a note when there are some already.</summary>
    public static async Task<Plan> JudgedAsync(Plan plan)
    {
        Change.Configure[] changes = [.. plan.Changes.OfType<Change.Configure>()];
        if (changes.Length == 0 || plan.Refusals.Count > 0)
            return plan;
        Fact<IReadOnlyList<string>> before = await ErrorsAsync(changes[0].Before);
        var after = new List<Fact<IReadOnlyList<string>>>();
        foreach (Change.Configure change in changes)
            after.Add(await ErrorsAsync(change.After));
        return plan + ConfigurationErrors.Judge(before, after);
    }

    /// <summary>What follows for one change: a refusal when it would bring errors.</summary>
    public static async Task<Plan> JudgedAsync(Cib before, Cib after) =>
        ConfigurationErrors.Judge(await ErrorsAsync(before), [await ErrorsAsync(after)]);

    /// <summary>The configuration, which may hold passwords, goes to its standard input; what the cluster remembers is not
    /// judged.</summary>
    private static async Task<Fact<IReadOnlyList<string>>> ErrorsAsync(Cib cib)
    {
        CommandResult result = await LocalProgram.RunAsync(
            Limit,
            "crm_verify",
            ["--xml-pipe", "--verbose"],
            Encoding.UTF8.GetBytes(cib.ConfigurationToXml())
        );
        return ConfigurationErrors.Read(result.IsCut ? null : result.ExitCode, result.Errors, result.Reason);
    }
}
