using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cli.Apply;

/// <summary>Makes the changes of a plan, one after the other. It decides nothing.</summary>
/// <param name="session">How the nodes are reached, and whether the admin interrupts: what is only waited for is then not waited for any longer.</param>
/// <param name="copies">Where the configuration as it was is kept.</param>
internal sealed class Applier(Session session, CibCopy copies)
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
            case Change.OnNode on:
                await MakeAsync(on.Node, on.Title, on.What, on.Limit);
                return true;
            case Change.WriteFile file:
                await MakeAsync(file.Node, file.Title, file.What, FileLimit);
                return true;
            case Change.Configure configure:
                before ??= (await ReadHistoryAsync()).History;
                Copy = await copies.ChangeAsync(configure.Before, configure.After);
                return Copy is not null;
            case Change.Await wait:
                before ??= (await ReadHistoryAsync()).History;
                await new ResourceWait(before, ClusterProbe.ReadStatusAsync, ReadHistoryAsync, session.Stopping).UntilAsync(wait);
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

    private async Task MakeAsync(string node, string title, NodeChange change, TimeSpan limit)
    {
        if (await session.Nodes.MakeAsync(node, change, limit) is RefusedReply refused)
            throw new Stop(ExitCode.Incomplete, $"Failed on {node}: {title}: {refused.Why}. Mend that, then run the same command again: it resumes where it stopped.");
    }
}
