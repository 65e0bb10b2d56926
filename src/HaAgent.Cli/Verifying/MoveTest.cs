using System.Text;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Status;
using HaAgent.Cluster.Verify;
using HaAgent.Core.Node;

namespace HaAgent.Cli.Verifying;

/// <summary>Moves the guest as <c>crm resource move</c> does, and takes the constraint away again.</summary>
internal sealed class MoveTest(Session session, Cib before, string vm)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    /// <summary>Moves it while a connection to it is kept open.</summary>
    public async Task<MoveReport> RunAsync(TestNodes ground, GuestEndpoint endpoint)
    {
        ConnectionWatch connection;
        try
        {
            connection = await session.Screen.Busy(
                $"connecting to {endpoint.Address} port {endpoint.Port}",
                () => ConnectionWatch.BeginAsync(endpoint)
            );
        }
        catch (IOException e)
        {
            return new MoveReport(ground.Home, ground.Other) { NoConnection = e.Message };
        }

        await using (connection)
        {
            session.Screen.Line($"  connected: {connection.Ends} ({connection.How})");
            MoveReport trial = await MoveAsync(ground);
            return trial with { Connection = await connection.EndAsync() };
        }
    }

    /// <summary>Moves it.</summary>
    public async Task<MoveReport> MoveAsync(TestNodes ground)
    {
        DateTimeOffset? earlier = ClusterHistory.Of(before).LastMigration(vm)?.When;
        var wait = new StatusWait(session);
        HashSet<string> known = [.. (await ClusterProbe.ReadStatusAsync()).Failures.Select(f => f.ToString())];
        TimeSpan limit =
            OperationTime.Of(before, vm, "migrate_to")
            + OperationTime.Of(before, vm, "migrate_from")
            + OperationTime.Of(before, vm, "start")
            + Margin;
        TimeSpan? took;
        Cib after;
        try
        {
            await using PreferenceHold leash = await PreferenceHold.TakeAsync(vm, ground.Other, limit);
            took = await session.Screen.Busy(
                $"{vm} moves to {ground.Other}",
                () => wait.UntilAsync(status => HasArrived(status, ground.Other) || HasFailed(status), Words, limit)
            );

            // While the constraint holds: without it the guest may prefer to go back.
            after = await ClusterProbe.ReadCibAsync();
        }
        catch (Stop stop) when (stop.Code == ExitCode.Interrupted)
        {
            throw new Stop(ExitCode.Interrupted, $"Interrupted: the move under way was let finish, and its constraint is taken away.");
        }

        MigrationRecord? migration = ClusterHistory.Of(after).LastMigration(vm);
        return new MoveReport(ground.Home, ground.Other)
        {
            RunsOn = took is null ? [] : [.. wait.Last.Where(vm)],
            Took = took ?? limit,
            Live = migration?.To == ground.Other && migration.When is not null && (earlier is null || migration.When > earlier),
            Failures = [.. wait.Last.Failures.Where(f => f.Resource == vm).Select(f => f.ToString()).Where(f => !known.Contains(f))],
        };

        bool HasFailed(ClusterStatus status) =>
            status.Failures.Any(f => f.Resource == vm && !known.Contains(f.ToString()))
            && !status.Resources.Any(r => r.Id == vm && r.Pending)
            && status.Where(vm).Any();
    }

    private bool HasArrived(ClusterStatus status, string node) =>
        status.Where(vm).SequenceEqual([node]) && status.Anywhere(vm).SequenceEqual([node]);

    private string Words(ClusterStatus status) => string.Join(", ", status.Resources.Where(r => r.Id == vm).Select(Words));

    private string Words(ResourceStatus resource)
    {
        string where = resource.Nodes.Count > 0 ? $" on {string.Join(" and ", resource.Nodes)}" : "";
        return $"{vm} {resource.Role.ToLowerInvariant()}{where}{(resource.Pending ? " (under way)" : "")}";
    }
}

/// <summary>Creates a second copy of the guest from the shared XML on another node, where it has to be refused.</summary>
internal static class LockTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<GuideTestResult> RunAsync(Session session, WatchScope scope, TestNodes ground)
    {
        WatchedGuest guest = scope.Guests[0];
        LockReport trial = await session.Screen.Busy(
            $"creating a second {guest.Id} on {ground.Other}",
            () => TryAsync(session, scope.Snapshot, guest, ground)
        );
        return trial.Judge(guest.Id, guest.DomainName, ground.Home, ground.Other);
    }

    private static async Task<LockReport> TryAsync(Session session, Snapshot snapshot, WatchedGuest guest, TestNodes ground)
    {
        NodeFacts other = snapshot.Node(ground.Other);
        if (LockTestGuard.Objection(guest, snapshot.Node(ground.Home), other) is { } objection)
            return objection;
        string? path = guest.Resource.Parameter("config");
        if (path is null || other.File(path).Value is not { Text: { } text })
            return new LockReport.Unknown($"{path ?? "the guest's XML"} cannot be read on {ground.Other}");

        // Files come as one char per byte.
        string xml = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));
        session.Nodes.Self ??= snapshot.Self;
        return LockReport.Of(await session.Nodes.MakeAsync(ground.Other, new TryCopy(xml), Limit));
    }
}
