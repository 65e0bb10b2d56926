using System.Globalization;
using System.Text.Json;
using System.Xml;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Json;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Simulating;
using HaAgent.Core.Node;
using HaAgent.Host;

namespace HaAgent.Cli.Apply;

/// <summary>
/// Plans, shows, asks, changes, and plans again until there is nothing left to do: the last, empty plan is the proof that it worked.
/// </summary>
internal sealed class PlanRunner(Session session, PlanOptions options)
{
    private const int MostRounds = 8;
    private readonly List<string> files = [];
    private readonly HashSet<string> noted = [];
    private readonly GoingOn goingOn = new();

    /// <summary>Whether a change was made: from then on no end means that nothing was.</summary>
    private bool begun;

    /// <summary>Carries out what the planner finds missing.</summary>
    /// <param name="look">Looks at the cluster and plans.</param>
    /// <param name="done">What holds when the plan is empty.</param>
    public async Task<ExitCode> RunAsync(Func<Task<Plan>> look, string done)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            Plan plan = await PlanAsync(look);
            if (options is { Json: true, DryRun: true })
                return ShowJson(plan);
            if (round > 0 && plan is { Changes.Count: 0, Refusals.Count: 0 })
                return Finish(plan, done);

            Show(plan);
            if (plan.Refusals.Count > 0)
                return begun ? Unproven() : ExitCode.Refused;
            if (plan.Changes.Count == 0)
                return ExitCode.Success;
            await SimulateAsync(plan);
            if (options.DryRun)
                return ExitCode.Success;
            if (!options.Yes)
            {
                if (!await KeepingAsync(() => session.ConfirmAsync("Go ahead?")))
                    return begun ? throw Left(new Stop(ExitCode.Declined, "You said no.")) : ExitCode.Declined;

                // The question may have stood for hours: what is done is what was shown, and what is right now.
                Plan now = await PlanAsync(look);
                if (!PlanText.Lines(now).SequenceEqual(PlanText.Lines(plan)))
                {
                    session.Screen.Mark(Screens.Tone.Warning, "the cluster is no longer as it was when this was shown; planning again");
                    continue;
                }

                plan = now;
            }

            try
            {
                if (!await ApplyAsync(plan))
                    return Interrupted();
            }
            catch (Stop stop)
            {
                ShowFiles();
                throw new Stop(CodeOf(stop), stop.Message + goingOn.Words);
            }
            catch (OperationCanceledException) when (session.Stopping.IsCancellationRequested)
            {
                return Interrupted();
            }
        }

        throw new Stop(
            ExitCode.Incomplete,
            $"After {MostRounds} rounds there is still something to do, as if somebody else undid it. Look who changes the cluster, then "
                + "run the same command again."
                + goingOn.Words
        );
    }

    private Task<Plan> PlanAsync(Func<Task<Plan>> look) =>
        LookAsync(async () => PlanRules.Judged(await ConfigurationCheck.JudgedAsync(await look())));

    private Task<Plan> LookAsync(Func<Task<Plan>> look) =>
        KeepingAsync(async () =>
        {
            try
            {
                return await session.LookAsync("looking at the cluster", look);
            }
            catch (Stop stop) when (stop.Code == ExitCode.Interrupted && !begun)
            {
                throw new Stop(stop.Code, $"{stop.Message} Nothing was changed.");
            }
        });

    // Once changes were made, whatever ends a look or a question says that they stay.
    private async Task<T> KeepingAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (Stop stop) when (begun)
        {
            throw Left(stop);
        }
    }

    private Stop Left(Stop stop)
    {
        ShowFiles();
        return new Stop(
            CodeOf(stop),
            $"{stop.Message} What was done stays; run the same command again, which finds out whether anything is left to do."
                + goingOn.Words
        );
    }

    // These say, each in its way, that nothing was changed.
    private ExitCode CodeOf(Stop stop) =>
        begun && stop.Code is (ExitCode.Unreachable or ExitCode.Declined or ExitCode.Refused) ? ExitCode.Incomplete : stop.Code;

    // What only looks, or waits, leaves everything as it was.
    private static bool Makes(Change change) =>
        change is not (Change.Await or Change.OnNode { What: SeeDevice or SeeFile or SeeGuestProcess or SeeMark });

    private ExitCode ShowJson(Plan plan)
    {
        session.Screen.Json(JsonSerializer.Serialize(PlanAnswer.Of(plan), Answers.Readable.PlanAnswer));
        return plan.Refusals.Count > 0 ? ExitCode.Refused : ExitCode.Success;
    }

    private void Show(Plan plan)
    {
        noted.UnionWith(plan.Notes);
        session.Screen.Heading(
            plan.Refusals.Count == 0 ? "Plan:"
            : begun ? "What was done stays. Whether it is all there is to do was not found out:"
            : "Nothing is changed."
        );
        foreach (string line in PlanText.Lines(plan, begun))
            session.Screen.Line(line);
    }

    private async Task SimulateAsync(Plan plan)
    {
        // Of several changes the later ones meet a cluster that has moved on: only the first can be foretold.
        if (plan.Changes.OfType<Change.Configure>().FirstOrDefault() is not { } configure)
            return;
        session.Screen.Heading("The cluster will then:");
        IReadOnlyList<string> sentences = await Simulation.RunAsync(configure.After);
        foreach (string sentence in sentences.DefaultIfEmpty("do nothing"))
            session.Screen.Line("     " + sentence);
    }

    private async Task<bool> ApplyAsync(Plan plan)
    {
        var applier = new Applier(session, new CibCopy(CibCopy.Directory, options.Verb, () => DateTime.Now));
        goingOn.Begin(plan);
        for (int i = 0; i < plan.Changes.Count; i++)
        {
            if (session.Stopping.IsCancellationRequested)
            {
                return false;
            }

            Change change = plan.Changes[i];
            string step = string.Create(CultureInfo.InvariantCulture, $"[{i + 1}/{plan.Changes.Count}] {change.Title}");
            session.Screen.Line(step);
            goingOn.Begin(change);
            bool holds = await session.Screen.Busy(change.Title, () => applier.ApplyAsync(change));
            if (!holds)
            {
                session.Screen.Mark(
                    Screens.Tone.Warning,
                    "somebody else changed the cluster's configuration meanwhile; nothing of this change was made, planning again"
                );
                return true;
            }

            goingOn.Done(change);
            begun |= Makes(change);
            Note(change, applier.FileCopy);
            if (change is Change.Configure)
                session.Screen.Line($"     what the configuration was: {applier.Copy}");
        }

        return true;
    }

    private void Note(Change change, string? copy)
    {
        if (change is Change.WriteFile file)
        {
            string what = file switch
            {
                { After: null } => " (removed)",
                { KeepBackup: true, Before: not null } => copy is null
                    ? $" (what it was before the first change: {file.Path}{LibvirtPaths.BackupSuffix})"
                    : $" (what it was: {copy})",
                _ => "",
            };
            files.Add($"{file.Node}:{file.Path}{what}");
            files.AddRange(file.Removes.Select(path => $"{file.Node}:{path} (removed)"));
        }
        else if (change is Change.OnNode run)
        {
            files.AddRange(run.Leaves.Select(path => $"{run.Node}:{path}"));
        }
    }

    private ExitCode Interrupted()
    {
        ShowFiles();
        session.Screen.Problem("Interrupted. What was done stays; run the same command again to resume." + goingOn.Words);
        return ExitCode.Interrupted;
    }

    private ExitCode Unproven()
    {
        ShowFiles();
        if (goingOn.Words.Length > 0)
            session.Screen.Problem(goingOn.Words.TrimStart());
        return ExitCode.Incomplete;
    }

    private void ShowFiles()
    {
        if (files.Count > 0)
            session.Screen.Line("Files changed:");
        foreach (string file in files.Distinct())
            session.Screen.Line("     " + file);
    }

    private ExitCode Finish(Plan plan, string done)
    {
        // What only now holds is what was asked for.
        foreach (string note in plan.Notes.Distinct().Where(noted.Contains))
            session.Screen.Line($"Note: {note}.");
        ShowFiles();
        session.Screen.Mark(Screens.Tone.Good, done);
        return ExitCode.Success;
    }
}

/// <summary>How a plan is carried out.</summary>
/// <param name="DryRun">Stop after showing it.</param>
/// <param name="Yes">Do not ask.</param>
/// <param name="Json">Show it in JSON.</param>
internal sealed record PlanOptions(bool DryRun, bool Yes, bool Json)
{
    /// <summary>The verb, as typed.</summary>
    public required string Verb { get; init; }
}

/// <summary>Makes the changes of a plan, one after the other. It decides nothing.</summary>
/// <param name="session">How the nodes are reached, and whether the admin interrupts: what is only waited for is then not waited for any
/// longer.</param>
/// <param name="copies">Where the configuration as it was is kept.</param>
internal sealed class Applier(Session session, CibCopy copies)
{
    private static readonly TimeSpan FileLimit = TimeSpan.FromSeconds(60);
    private ClusterHistory? before;

    /// <summary>Where the configuration is kept as it was before the last change of it; null when there was none.</summary>
    public string? Copy { get; private set; }

    /// <summary>Where the last file that was written is kept as it was before; null when only what it was before an earlier change
    /// is.</summary>
    public string? FileCopy { get; private set; }

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
                FileCopy = await MakeAsync(file.Node, file.Title, file.What, FileLimit) is DoneReply { Copy: var kept } ? kept : null;
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

    private static string Mend(string? wayOut) => wayOut is null ? "Mend that" : char.ToUpperInvariant(wayOut[0]) + wayOut[1..];

    private async Task<NodeReply> MakeAsync(string node, string title, NodeChange change, TimeSpan limit)
    {
        NodeReply reply = await session.Nodes.MakeAsync(node, change, limit);
        if (reply is RefusedReply refused)
            throw new Stop(
                ExitCode.Incomplete,
                $"Failed on {node}: {title}: {refused.Why}. {Mend(refused.Failure?.WayOut(node).ToString())}, then run the same "
                    + "command again: it "
                    + "resumes where it stopped."
            );
        return reply;
    }
}

/// <summary>What the cluster would do with another configuration, as crm_simulate computes it with the cluster's own scheduler.</summary>
internal static class Simulation
{
    /// <summary>One sentence for each resource that would be started, stopped, moved or restarted.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(Cib cib)
    {
        CommandResult result = await SchedulerProbe.SimulateAsync(cib);
        if (!result.Succeeded)
            return [$"crm_simulate gives no answer: {result.Reason}"];
        try
        {
            return SimulatedActions.Sentences(SimulatedRun.Parse(result.Output));
        }
        catch (XmlException e)
        {
            return [$"crm_simulate gives an answer that cannot be read: {e.Message}"];
        }
    }
}
