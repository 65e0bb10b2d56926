using System.Text;
using System.Text.Json;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Json;
using HaAgent.Cli.Probe;
using HaAgent.Cli.Screens;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Status;
using HaAgent.Cluster.Verify;
using HaAgent.Core.Node;

namespace HaAgent.Cli.Verifying;

/// <summary>Runs the tests one after the other; before each it looks anew where the guest is.</summary>
/// <param name="session">Where it tells what it does.</param>
/// <param name="options">What was asked.</param>
/// <param name="answer">Where the answer goes.</param>
internal sealed class VerifyRun(Session session, VerifyOptions options, IScreen answer)
{
    private readonly List<GuideTestResult> results = [];

    /// <summary>The longest wait for a cluster that has something to do already: what never ends is told by the look that
    /// follows.</summary>
    private static readonly TimeSpan RestLimit = TimeSpan.FromMinutes(2);

    public async Task<ExitCode> RunAsync()
    {
        if (
            !await session.Screen.Busy(
                "waiting for an earlier verify to be over",
                () => PreferenceHold.AwaitEarlierAsync(options.Vm, options.Wait)
            )
        )
            throw Refused(new Refusal($"an earlier verify of {options.Vm} is under way on this node", $"wait for it, or end it"));
        (WatchScope scope, _) = await LookAsync();
        if (options.Tests.Contains(GuideTest.Crash) && TestNodes.CrashObjection(scope.Snapshot) is { } refusal)
            throw Refused(refusal);
        if (options.Tests.Contains(GuideTest.Migrate) && Address(scope) is null)
            throw Refused(new Refusal($"no node knows an address of {options.Vm}", $"name it: --address ADDRESS"));
        try
        {
            foreach (GuideTest test in options.Tests)
            {
                GuideTestResult result = await RunAsync(test);
                results.Add(result);
                session.Screen.Mark(Mark(result.Verdict), $"{VerifyAnswer.Word(test)}: {result.Seen}");

                // Without a lock that is known to hold nothing more is tried on these disks.
                if (test == GuideTest.Lock && IsBad(result.Verdict) && options.Tests.Count > 1)
                    throw new Stop(ExitCode.Found, "The other tests are not run: without the lock they endanger the guest's disks.");
            }
        }
        finally
        {
            Report();
        }

        return results.Any(r => IsBad(r.Verdict)) ? ExitCode.Found : ExitCode.Success;
    }

    private async Task<GuideTestResult> RunAsync(GuideTest test)
    {
        if (session.Stopping.IsCancellationRequested)
            throw new Stop(ExitCode.Interrupted, "Interrupted between two tests; nothing is left behind.");
        session.Screen.Heading($"Test {VerifyAnswer.Word(test)}");
        (WatchScope scope, TestNodes nodes) = await LookAsync();
        return test switch
        {
            GuideTest.Lock => await LockTest.RunAsync(session, scope, nodes),
            GuideTest.Migrate => (
                await new MoveTest(session, scope.Snapshot.Cib, options.Vm).RunAsync(
                    nodes,
                    new GuestEndpoint(Address(scope) ?? options.Vm, options.Port, options.Send)
                )
            ).Judge(options.Vm),
            GuideTest.Reboot or GuideTest.Crash => await new FailoverTest(session, options, test).RunAsync(scope, nodes),
        };
    }

    private async Task<(WatchScope Scope, TestNodes Nodes)> LookAsync()
    {
        await session.Screen.Busy("waiting until the cluster is at rest", () => ClusterRest.AwaitAsync(RestLimit, session.Stopping));
        WatchScope scope = await session.LookAsync(
            "looking at the cluster",
            () => new WatchProbe(session).LookAsync(options.Vm, new DaemonsQuestion())
        );
        Snapshot snapshot = scope.Snapshot;
        TestNodes? nodes = TestNodes.Choose(options.Vm, snapshot.Self, snapshot.Cib, snapshot.Status, out Refusal? refusal);
        return nodes is null ? throw Refused(refusal!) : (scope, nodes);
    }

    private string? Address(WatchScope scope)
    {
        if (options.Address is not null)
            return options.Address;
        Primitive resource = scope.Guests[0].Resource;
        string? text = scope
            .Snapshot.Reached.Select(n => n.File(resource.Parameter("config") ?? "").Value?.Text)
            .FirstOrDefault(t => t is not null);
        return text is null || GuestDocument.Read(Encoding.Latin1.GetBytes(text), out _) is not { } document
            ? null
            : GuestAddress.Find(document, scope.Snapshot.Reached);
    }

    private void Report()
    {
        if (results.Count == 0)
            return;
        if (options.Json)
            answer.Json(JsonSerializer.Serialize(VerifyAnswer.Of(options.Vm, results), Answers.Readable.VerifyAnswer));
        else
            answer.Table(
                ["Test", "Result", "Expected", "Seen"],
                [.. results.Select(r => new[] { VerifyAnswer.Word(r.Test), VerifyAnswer.Word(r.Verdict), r.Expected, r.Seen })]
            );
    }

    private static Stop Refused(Refusal refusal) => new(ExitCode.Refused, $"Refused: {refusal.Sentence}. What to do: {refusal.WayOut}.");

    private static Tone Mark(Verdict verdict) =>
        verdict switch
        {
            Verdict.Passed => Tone.Good,
            Verdict.Otherwise => Tone.Warning,
            Verdict.Failed or Verdict.Unknown => Tone.Bad,
        };

    private static bool IsBad(Verdict verdict) => verdict is Verdict.Failed or Verdict.Unknown;
}

/// <summary>What was asked of verify.</summary>
/// <param name="Vm">The guest.</param>
/// <param name="Tests">The tests, in the guide's order.</param>
/// <param name="Port">The guest's TCP port.</param>
/// <param name="Wait">The longest wait for a node to leave or come back.</param>
internal sealed record VerifyOptions(string Vm, IReadOnlyList<GuideTest> Tests, int Port, TimeSpan Wait)
{
    /// <summary>The guest's address; null: to be found.</summary>
    public string? Address { get; init; }

    /// <summary>A line to send; null: SSH or keep-alive.</summary>
    public string? Send { get; init; }

    /// <summary>The node that may be rebooted or crashed; null: ask.</summary>
    public string? YesIMean { get; init; }

    public bool Json { get; init; }
}
