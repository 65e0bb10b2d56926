using System.CommandLine;
using System.Text.Json;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Json;
using HaAgent.Cli.Probe;
using HaAgent.Cli.Screens;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Evacuate;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Status;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent evacuate NODE: what becomes of each guest, then standby.</summary>
internal static class EvacuateVerb
{
    private static readonly Argument<string> Node = new("NODE") { Description = "The node to empty" };
    private static readonly Option<bool> StopStuck = new("--stop-stuck")
    {
        Description = "Go on although some virtual machines can run nowhere else, and are stopped, or may not arrive",
    };
    private static readonly Option<bool> Yes = CommonOptions.Yes();
    private static readonly Option<bool> DryRun = CommonOptions.DryRun();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command(
            "evacuate",
            "Say what becomes of each virtual machine of a node, then put the node into standby and watch them leave"
        )
        {
            Node,
            StopStuck,
            Yes,
            DryRun,
            Json,
        };
        command.AddRule(result =>
        {
            if (result.GetValue(Json) && !result.GetValue(DryRun))
                result.AddError("--json goes with --dry-run only.");
        });
        command.SetAction(
            (parsed, stopping) =>
                Session.RunAsync(
                    session =>
                        new EvacuationRun(
                            session,
                            parsed.GetValue(Node)!,
                            parsed.GetValue(StopStuck),
                            parsed.GetValue(Yes),
                            parsed.GetValue(DryRun),
                            parsed.GetValue(Json)
                        ).RunAsync(),
                    stopping
                )
        );
        return command;
    }
}

/// <summary>Simulates, shows, asks, puts the node into standby, and watches its guests leave.</summary>
internal sealed class EvacuationRun(Session session, string node, bool stopStuck, bool yes, bool dryRun, bool json)
{
    private const int MostRounds = 5;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    private Advice Back => Advice.Of($"crm node online {node}");

    public async Task<ExitCode> RunAsync()
    {
        for (int round = 0; round < MostRounds; round++)
        {
            (Snapshot snapshot, Evacuation evacuation, string[] unmanaged, string[] unknown) = await session.LookAsync(
                "asking the scheduler",
                LookAsync
            );
            if (dryRun && json)
            {
                session.Screen.Json(Text(evacuation, unmanaged, unknown));
                return Status(evacuation, unknown);
            }

            Show(evacuation, unmanaged);
            foreach (string sentence in unknown)
                session.Screen.Mark(Tone.Warning, sentence);
            if (dryRun)
                return Status(evacuation, unknown);
            if (evacuation.Stuck.Any() && !stopStuck)
            {
                session.Screen.Problem(
                    $"Refused: {string.Join(", ", evacuation.Stuck.Select(g => g.Guest))} cannot go elsewhere now. Mend what is said "
                        + "above, or go on although they are stopped or may not arrive: --stop-stuck."
                );
                return ExitCode.Refused;
            }

            if (snapshot.Status.Nodes.Any(n => n.Name == node && n.Standby) && evacuation.Guests.Count == 0)
            {
                session.Screen.Mark(Tone.Good, $"{node} is in standby already, and no virtual machine is on it");
                return ExitCode.Success;
            }

            Cib standby = Evacuation.WithStandby(snapshot.Cib, node);
            if ((await ConfigurationCheck.JudgedAsync(snapshot.Cib, standby)).Refusals is [var refusal, ..])
            {
                session.Screen.Problem($"Refused: {refusal.Sentence}. What to do: {refusal.WayOut}.");
                return ExitCode.Refused;
            }

            if (!yes)
            {
                if (!await session.ConfirmAsync($"Put {node} into standby?"))
                    return ExitCode.Declined;

                // The question may have stood for hours, and what becomes of the guests hangs on more than the configuration.
                var now = await session.LookAsync("asking the scheduler", LookAsync);
                if (Text(now.Evacuation, now.Unmanaged, now.Unknown) != Text(evacuation, unmanaged, unknown))
                {
                    session.Screen.Mark(Tone.Warning, "the cluster is no longer as it was when this was shown; asking the scheduler again");
                    continue;
                }

                (snapshot, evacuation) = (now.Snapshot, now.Evacuation);
                standby = Evacuation.WithStandby(snapshot.Cib, node);
            }

            if (session.Stopping.IsCancellationRequested)
                throw new Stop(ExitCode.Interrupted, "Interrupted; nothing was changed.");
            if (await new CibCopy(CibCopy.Directory, "evacuate", () => DateTime.Now).ChangeAsync(snapshot.Cib, standby) is { } copy)
            {
                session.Screen.Line($"     what the configuration was: {copy}");
                return await WatchAsync(snapshot, evacuation);
            }

            session.Screen.Mark(Tone.Warning, "somebody else changed the cluster's configuration meanwhile; asking the scheduler again");
        }

        throw new Stop(
            ExitCode.Incomplete,
            "Somebody else changes the cluster's configuration all the time; nothing was changed. Run this again when it is quiet."
        );
    }

    private static string Text(Evacuation evacuation, string[] unmanaged, string[] unknown) =>
        JsonSerializer.Serialize(EvacuationAnswer.Of(evacuation, unmanaged, unknown), Answers.Readable.EvacuationAnswer);

    private static ExitCode Status(Evacuation evacuation, string[] unknown) =>
        evacuation.Stuck.Any() ? ExitCode.Found : ExitCodes.OfLook(unknown);

    private async Task<(Snapshot Snapshot, Evacuation Evacuation, string[] Unmanaged, string[] Unknown)> LookAsync()
    {
        WatchScope scope = await new WatchProbe(session).LookAsync(
            more: [new HostQuestion(), new UnitsQuestion(), new DaemonsQuestion(), new ListenersQuestion()]
        );
        Snapshot snapshot = scope.Snapshot;
        if (!snapshot.Cib.Nodes.Contains(node))
            throw new Stop(ExitCode.Refused, $"The cluster has no node {node}; it has {string.Join(", ", snapshot.Cib.Nodes)}.");
        if (snapshot.Status.Nodes.FirstOrDefault(n => n.Name == node) is not { Online: true, Unclean: false })
            throw new Stop(ExitCode.Refused, $"{node} is not online, so nothing can be moved away from it. See crm_mon -1.");
        if (!snapshot.Status.HasQuorum)
            throw new Stop(
                ExitCode.Refused,
                "This part of the cluster has no quorum, so nothing can be moved. Bring the missing nodes back, or mend the cluster's "
                    + "network; see crm_mon -1."
            );
        Evacuation evacuation = Evacuation
            .Of(node, snapshot.Cib, snapshot.Status, await SchedulerProbe.AskAsync(Evacuation.WithStandby(snapshot.Cib, node)))
            .On(snapshot.Cib, snapshot.Nodes);

        // Guests that are not the cluster's do not leave with the others.
        string[] unmanaged = [.. (snapshot.Node(node).Guests.Value?.Keys ?? []).Except(scope.Guests.Select(g => g.DomainName))];
        return (snapshot, evacuation, unmanaged, [.. evacuation.NotLearned, .. Unknown(snapshot)]);
    }

    private string[] Unknown(Snapshot snapshot)
    {
        NodeFacts facts = snapshot.Node(node);
        return (facts.Unreachable?.Sentence ?? facts.Guests.Why) is { } why
            ? [$"whether {node} also runs guests that are not the cluster's could not be learned: {why.TrimEnd('.')}"]
            : [];
    }

    private void Show(Evacuation evacuation, string[] unmanaged)
    {
        if (evacuation.Guests.Count == 0)
            session.Screen.Line($"The cluster runs no virtual machine on {node}.");
        foreach ((string guest, EvacuationOutcome outcome) in evacuation.Guests)
            session.Screen.Mark(
                outcome is EvacuationOutcome.Migrates ? Tone.Good
                    : outcome is EvacuationOutcome.Restarts ? Tone.Warning
                    : Tone.Bad,
                $"{guest}: {outcome.Words}"
            );
        if (evacuation.Others.Count > 0)
            session.Screen.Line("Besides, the cluster will:");
        foreach (string sentence in evacuation.Others)
            session.Screen.Line("     " + sentence);
        if (unmanaged.Length > 0)
            session.Screen.Mark(
                Tone.Warning,
                $"{node} also runs guests that are not the cluster's; they stay: {string.Join(", ", unmanaged)}"
            );
    }

    private async Task<ExitCode> WatchAsync(Snapshot before, Evacuation evacuation)
    {
        var wait = new StatusWait(session);
        session.Screen.Line($"{node} goes into standby.");
        string[] guests = [.. evacuation.Guests.Select(g => g.Guest)];
        HashSet<string> known = [.. before.Status.Failures.Select(f => f.ToString())];
        TimeSpan? took;
        try
        {
            took = await session.Screen.Busy(
                "the virtual machines leave",
                () =>
                    wait.UntilAsync(
                        status => evacuation.Guests.All(g => g.HasLeft(node, status)) || HasFailed(status),
                        status => string.Join(", ", guests.Select(g => Words(g, status))),
                        Limit(before.Cib, guests)
                    )
            );
        }
        catch (Stop stop) when (stop.Code == ExitCode.Interrupted)
        {
            throw new Stop(
                ExitCode.Interrupted,
                $"Interrupted: {node} stays in standby, and what is on its way goes on. To take it back: {Back}"
            );
        }

        string[] failures =
        [
            .. wait.Last.Failures.Where(f => guests.Contains(f.Resource)).Select(f => f.ToString()).Where(f => !known.Contains(f)),
        ];
        foreach (string failure in failures)
            session.Screen.Mark(Tone.Bad, failure);
        string[] left = [.. evacuation.Guests.Where(g => !g.HasLeft(node, wait.Last)).Select(g => g.Guest)];
        if (left.Length > 0)
            throw new Stop(
                ExitCode.Incomplete,
                $"{string.Join(", ", left)} {(took is null ? "did not arrive elsewhere within the time" : "failed on the way")}; {node} "
                    + $"stays in standby. See '{Advice.Of($"haagent explain {left[0]}")}'. To take it back: {Back}"
            );
        session.Screen.Mark(Tone.Good, $"{node} is empty and in standby; when it may work again: {Back}");
        return ExitCode.Success;

        bool HasFailed(ClusterStatus status) =>
            guests.Any(g =>
                !status.Anywhere(g).Any()
                && status.Failures.Any(f => f.Resource == g && !known.Contains(f.ToString()) && f.Operation is "start" or "stop")
                && !status.Resources.Any(r => r.Id == g && r.Pending)
            );
    }

    private static string Words(string guest, ClusterStatus status) =>
        status.Resources.FirstOrDefault(r => r.Id == guest) switch
        {
            null => $"{guest} unknown",
            { Active: false } => $"{guest} stopped",
            var r => $"{guest} {r.Role.ToLowerInvariant()} on {string.Join(" and ", r.Nodes)}",
        };

    // Guests leave several at once, but the slowest case is one after the other.
    private static TimeSpan Limit(Cib cib, string[] guests) =>
        Margin
        + guests
            .Select(g =>
                OperationTime.Of(cib, g, "migrate_to")
                + OperationTime.Of(cib, g, "migrate_from")
                + OperationTime.Of(cib, g, "stop")
                + OperationTime.Of(cib, g, "start")
            )
            .Aggregate(TimeSpan.Zero, (sum, time) => sum + time);
}
