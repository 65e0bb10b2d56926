using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Verify;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;

namespace HaAgent.Cli.Verifying;

/// <summary>Moves the guest as <c>crm resource move</c> does, and takes the constraint away again.</summary>
internal sealed class MoveTest(Session session, Cib before, string vm)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    /// <summary>Moves it while a connection to it is kept open.</summary>
    public async Task<MoveTrial> RunAsync(TestGround ground, GuestEndpoint endpoint)
    {
        ConnectionWatch connection;
        try
        {
            connection = await session.Screen.Busy($"connecting to {endpoint.Address} port {endpoint.Port}", () => ConnectionWatch.BeginAsync(endpoint));
        }
        catch (IOException e)
        {
            return new MoveTrial(ground.Home, ground.Other) { NoConnection = e.Message };
        }

        await using (connection)
        {
            session.Screen.Line($"  connected: {connection.Ends} ({connection.How})");
            MoveTrial trial = await MoveAsync(ground);
            return trial with { Connection = await connection.EndAsync() };
        }
    }

    /// <summary>Moves it.</summary>
    public async Task<MoveTrial> MoveAsync(TestGround ground)
    {
        DateTimeOffset? earlier = ClusterHistory.Of(before).LastMigration(vm)?.When;
        var wait = new StatusWait(session);
        HashSet<string> known = [.. (await ClusterProbe.ReadStatusAsync()).Failures.Select(f => f.ToString())];
        TimeSpan limit = OperationTime.Of(before, vm, "migrate_to") + OperationTime.Of(before, vm, "migrate_from") + OperationTime.Of(before, vm, "start") + Margin;
        TimeSpan? took;
        Cib after;
        try
        {
            await using PreferenceLeash leash = await PreferenceLeash.TakeAsync(vm, ground.Other, limit);
            took = await session.Screen.Busy($"{vm} moves to {ground.Other}", () => wait.UntilAsync(
                status => HasArrived(status, ground.Other) || HasFailed(status),
                Words, limit));

            // While the constraint holds: without it the guest may prefer to go back.
            after = await ClusterProbe.ReadCibAsync();
        }
        catch (Stop stop) when (stop.Code == ExitCode.Interrupted)
        {
            throw new Stop(ExitCode.Interrupted, $"Interrupted: the move under way was let finish, and its constraint is taken away.");
        }

        MigrationRecord? migration = ClusterHistory.Of(after).LastMigration(vm);
        return new MoveTrial(ground.Home, ground.Other)
        {
            RunsOn = took is null ? [] : [.. wait.Last.Where(vm)],
            Took = took ?? limit,
            Live = migration?.To == ground.Other && migration.When is not null && (earlier is null || migration.When > earlier),
            Failures = [.. wait.Last.Failures.Where(f => f.Resource == vm).Select(f => f.ToString()).Where(f => !known.Contains(f))],
        };

        bool HasFailed(ClusterStatus status) => status.Failures.Any(f => f.Resource == vm && !known.Contains(f.ToString()))
            && !status.Resources.Any(r => r.Id == vm && r.Pending) && status.Where(vm).Any();
    }

    private bool HasArrived(ClusterStatus status, string node) => status.Where(vm).SequenceEqual([node]) && status.Anywhere(vm).SequenceEqual([node]);

    private string Words(ClusterStatus status) => string.Join(", ", status.Resources.Where(r => r.Id == vm)
        .Select(r => $"{vm} {r.Role.ToLowerInvariant()}{(r.Nodes.Count > 0 ? $" on {string.Join(" and ", r.Nodes)}" : "")}{(r.Pending ? " (under way)" : "")}"));
}
