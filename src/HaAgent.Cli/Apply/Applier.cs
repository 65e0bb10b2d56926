using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;
using HaAgent.Core.Node;

namespace HaAgent.Cli.Apply;

/// <summary>Makes the changes of a plan, one after the other. It decides nothing.</summary>
internal sealed class Applier(Session session)
{
    private static readonly TimeSpan FileLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

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
                return await CibChange.ApplyAsync(configure.Before, configure.After);
            case Change.Await wait:
                await WaitAsync(wait);
                return true;
            default:
                throw new ArgumentOutOfRangeException(nameof(change));
        }
    }

    private async Task MakeAsync(string node, string title, NodeChange change, TimeSpan limit)
    {
        session.Nodes.Self ??= session.Shell.Self;
        if (await session.Nodes.MakeAsync(node, change, limit) is RefusedReply refused)
            throw new Stop(ExitCode.Incomplete, $"Failed on {node}: {title}: {refused.Why}. Mend that, then run the same command again: it resumes where it stopped.");
    }

    private static async Task WaitAsync(Change.Await wait)
    {
        DateTime end = DateTime.UtcNow + wait.Limit;
        while (true)
        {
            ClusterStatus status = await ClusterProbe.ReadStatusAsync();
            if (wait.Goal.IsReached(wait.Resource, status))
                return;

            // A failed start is not tried again on that node: when it failed wherever it could run, there is nothing to wait for.
            string[] candidates = [.. wait.Goal.Candidates(wait.Resource, status)];
            OperationFailure[] failures = [.. status.Failures.Where(f => candidates.Contains(f.Node) && f.Operation == "start")];
            if (candidates.Length > 0 && candidates.All(node => failures.Any(f => f.Node == node)))
                throw new Stop(ExitCode.Incomplete, $"{wait.Resource} {wait.Goal.Missing(wait.Resource, status)}: {string.Join("; ", failures.Select(f => f.ToString()))}. Mend that, clear the failure (crm resource cleanup), then run the same command again.");
            if (DateTime.UtcNow >= end)
                throw new Stop(ExitCode.Incomplete, $"{wait.Resource} {wait.Goal.Missing(wait.Resource, status)} after {wait.Limit.TotalSeconds:0} s. See 'crm_mon -1rf' for why, then run the same command again.");
            await Task.Delay(Pause);
        }
    }
}
