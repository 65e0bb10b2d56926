using System.Diagnostics;
using System.Xml;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Status;
using HaAgent.Cluster.Verify;
using HaAgent.Core.Node;
using HaAgent.Host;

namespace HaAgent.Cli.Verifying;

/// <summary>Reboots or crashes the guest's node, and watches from another one.</summary>
internal sealed class FailoverTest(Session session, VerifyOptions options, GuideTest test)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);

    public async Task<GuideTestResult> RunAsync(WatchScope scope, TestNodes ground)
    {
        // The node that goes must not be the one that watches.
        bool movesFirst = ground.Home == scope.Snapshot.Self;
        string node = movesFirst ? ground.Other : ground.Home;
        await ConfirmAsync(node, movesFirst, scope);
        if (movesFirst)
        {
            MoveReport moved = await new MoveTest(session, scope.Snapshot.Cib, options.Vm).MoveAsync(ground);
            if (!moved.RunsOn.Contains(node))
                return new FailoverReport(test, node)
                {
                    Failures = [$"{options.Vm} could not be moved to {node} first", .. moved.Failures],
                }.Judge(options.Vm);
            await session.Screen.Busy("waiting until the cluster is at rest", () => ClusterRest.AwaitAsync(options.Wait, session.Stopping));
            if (!(await ClusterProbe.ReadStatusAsync()).Where(options.Vm).Contains(node))
                throw new Stop(
                    ExitCode.Refused,
                    $"{options.Vm} went back to {ground.Home}, where haagent runs and watches from: it prefers to be there. {node} was "
                        + $"not touched. Run this on {node} instead."
                );
        }

        if (session.Stopping.IsCancellationRequested)
            throw new Stop(ExitCode.Interrupted, $"Interrupted before {node} was touched; nothing is left behind.");
        return (await ActAsync(node)).Judge(options.Vm);
    }

    private async Task ConfirmAsync(string node, bool movesFirst, WatchScope scope)
    {
        session.Screen.Line(FailoverWarning.Of(test, node, options.Vm, movesFirst, scope));
        string typed =
            options.YesIMean
            ?? await session.AskAsync("Type the node's name to go on:")
            ?? throw new Stop(
                ExitCode.Declined,
                $"There is nobody to ask: {node} was not touched. Add --yes-i-mean {node} if you mean it."
            );
        if (typed != node)
            throw new Stop(ExitCode.Declined, $"'{typed}' is not {node}: it was not touched.");
    }

    private async Task<FailoverReport> ActAsync(string node)
    {
        Cib before = await ClusterProbe.ReadCibAsync();
        DateTimeOffset? migrated = ClusterHistory.Of(before).LastMigration(options.Vm)?.When;
        DateTimeOffset? fenced = await LastFencingAsync(node);
        HashSet<string> known = [.. (await ClusterProbe.ReadStatusAsync()).Failures.Select(f => f.ToString())];
        NodeReply reply = await session.Nodes.MakeAsync(
            node,
            test == GuideTest.Crash ? new CrashNode(node) : new RebootNode(node),
            CallLimit
        );

        // It goes right after its answer, which may get lost with it; one that refuses says why.
        if (reply is RefusedReply { IsUnknown: false } refused)
            return new FailoverReport(test, node)
            {
                Failures = [$"{node} could not be {(test == GuideTest.Crash ? "crashed" : "rebooted")}: {refused.Why}"],
            };

        var clock = Stopwatch.StartNew();
        var wait = new StatusWait(session);
        var watch = new FailoverWatch(test, options.Vm, node, ClusterHistory.Of(before));
        await session.Screen.Busy(
            $"waiting for {options.Vm} to run again",
            () =>
                wait.UntilAsync(
                    async status => watch.See(status, ClusterHistory.Of(await ClusterProbe.ReadCibAsync()), clock.Elapsed),
                    status => Words(node, status),
                    options.Wait
                )
        );
        string[] failures =
        [
            .. wait.Last.Failures.Where(f => f.Resource == options.Vm).Select(f => f.ToString()).Where(f => !known.Contains(f)),
        ];
        string[] storage = [.. LockClone.All(before, options.Vm).SelectMany(c => c.Members)];
        TimeSpan? back = await session.Screen.Busy(
            $"waiting for {node} to come back",
            () =>
                wait.UntilAsync(
                    status =>
                        status.TakesResources(node)
                        && storage.All(member => status.Where(member).Contains(node))
                        && status.Where(options.Vm).Any(),
                    status => Words(node, status),
                    options.Wait
                )
        );
        MigrationRecord? migration = ClusterHistory.Of(await ClusterProbe.ReadCibAsync()).LastMigration(options.Vm);
        return new FailoverReport(test, node)
        {
            Left = watch.Left,
            RunsOn = watch.RunsOn,
            Stayed = watch.Stayed,
            Took = watch.At ?? options.Wait,
            Live = migration is { When: { } when } && migration.From == node && (migrated is null || when > migrated),
            Fenced = await LastFencingAsync(node) is { } now && (fenced is null || now > fenced),
            Back = back is null ? null : clock.Elapsed,
            Failures = failures,
        };
    }

    private static async Task<DateTimeOffset?> LastFencingAsync(string node)
    {
        CommandResult result = await LocalProgram.RunAsync(CallLimit, "crm_mon", ["--output-as=xml", "-1", "--fence-history=3"]);
        try
        {
            return result.Succeeded ? FenceHistory.Last(result.Output, node) : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private string Words(string node, ClusterStatus status) =>
        string.Join(
            ", ",
            status
                .Resources.Where(r => r.Id == options.Vm)
                .Select(r => $"{options.Vm} {r.Role.ToLowerInvariant()}{(r.Nodes.Count > 0 ? $" on {string.Join(" and ", r.Nodes)}" : "")}")
                .Prepend($"{node} {StatusReport.StateOf(node, status)}")
        );
}
