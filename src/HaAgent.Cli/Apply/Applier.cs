using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Configuration;

namespace HaAgent.Cli.Apply;

/// <summary>Makes the changes of a plan, one after the other. It decides nothing.</summary>
/// <param name="shell">How the nodes are reached.</param>
/// <param name="copies">Where the configuration as it was is kept.</param>
/// <param name="stopping">Set when the admin interrupts: what is only waited for is not waited for any longer.</param>
internal sealed class Applier(NodeShell shell, CibCopy copies, CancellationToken stopping)
{
    private static readonly TimeSpan FileLimit = TimeSpan.FromSeconds(60);
    private ClusterHistory? before;

    /// <summary>Where the configuration is kept as it was before the last change of it; null when there was none.</summary>
    public string? Copy { get; private set; }

    /// <summary>Makes one change.</summary>
    /// <returns>Whether the plan still holds; false when somebody else changed the configuration since it was made.</returns>
    /// <exception cref="Stop">The change failed.</exception>
    public async Task<bool> ApplyAsync(Change change)
    {
        switch (change)
        {
            case Change.Run run:
                Check(await shell.RunAsync(run.Node, run.Script, run.Limit), run.Node, run.Title);
                return true;
            case Change.WriteFile file:
                Check(await shell.RunAsync(file.Node, FileScript.For(file), FileLimit), file.Node, file.Title);
                return true;
            case Change.Configure configure:
                before ??= (await ReadHistoryAsync()).History;
                Copy = await copies.ChangeAsync(configure.Before, configure.After);
                return Copy is not null;
            case Change.Await wait:
                before ??= (await ReadHistoryAsync()).History;
                await new ResourceWait(before, ClusterProbe.ReadStatusAsync, ReadHistoryAsync, stopping).UntilAsync(wait);
                return true;
            default:
                throw new ArgumentOutOfRangeException(nameof(change));
        }
    }

    private static async Task<(ClusterHistory History, Cib Cib)> ReadHistoryAsync()
    {
        Cib cib = await ClusterProbe.ReadCibAsync();
        return (ClusterHistory.Of(cib), cib);
    }

    private static void Check(ShellResult result, string node, string title)
    {
        if (!result.Succeeded)
            throw new Stop(ExitCode.Incomplete, $"Failed on {node}: {title}: {result.Reason}. Mend that, then run the same command again: it resumes where it stopped.");
    }
}
