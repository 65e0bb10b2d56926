using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Planning;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cli.Tests.Apply;

public sealed class ResourceWaitTests
{
    private static readonly OperationRecord OldStart = Failure("VM1", "alice", 7);
    private static readonly Change.Await Wait = new("wait until VM1 runs", "VM1", new Goal.Somewhere(), TimeSpan.FromMinutes(5));

    [Fact]
    public async Task Until_FailuresOfOthersAndOfEarlier_GoesOnUntilItRuns()
    {
        OperationRecord[] others = [OldStart, Failure("web", "alice", 20), Failure("web", "bob", 21), Failure("VM2", "alice", 22)];
        int looks = 0;

        await new ResourceWait(Remembering(OldStart), () => Task.FromResult(Status(runs: ++looks > 1)), () => Now(Remembering(others)), default).UntilAsync(Wait);

        Assert.Equal(2, looks);
    }

    [Fact]
    public async Task Until_StartFailedEverywhereSince_EndsAndSaysWhy()
    {
        ClusterHistory now = Remembering(OldStart, Failure("VM1", "alice", 30), Failure("VM1", "bob", 31));

        Stop stop = await Assert.ThrowsAsync<Stop>(() =>
            new ResourceWait(Remembering(OldStart), () => Task.FromResult(Status(runs: false)), () => Now(now), default).UntilAsync(Wait));

        Assert.Equal(ExitCode.Incomplete, stop.Code);
        Assert.Contains("VM1: start failed on bob (error): no memory", stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Until_WhatItsGroupStartsFirstFailedEverywhere_Ends()
    {
        ClusterHistory now = Remembering(Failure("dlm", "alice", 30), Failure("dlm", "bob", 31));
        var wait = new Change.Await("wait until cl-virt-lock runs", "ocfs2", new Goal.OnAll(["alice", "bob"]), TimeSpan.FromMinutes(5));

        Stop stop = await Assert.ThrowsAsync<Stop>(() =>
            new ResourceWait(Remembering(), () => Task.FromResult(Status(runs: false)), () => Now(now), default).UntilAsync(wait));

        Assert.Contains("ocfs2 does not run on alice, bob: dlm: start failed on alice", stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Until_Interrupted_EndsAtOnce()
    {
        using var interrupt = new CancellationTokenSource();
        int looks = 0;
        Task<ClusterStatus> Look()
        {
            if (++looks == 2)
                interrupt.Cancel();
            return Task.FromResult(Status(runs: false));
        }

        Stop stop = await Assert.ThrowsAsync<Stop>(() => new ResourceWait(Remembering(), Look, () => Now(Remembering()), interrupt.Token).UntilAsync(Wait));

        Assert.Equal(ExitCode.Interrupted, stop.Code);
        Assert.Equal(2, looks);
    }

    [Fact]
    public async Task Until_TimeIsOver_NamesTheFailureOfEarlier()
    {
        ClusterStatus status = Status(runs: false) with { Failures = [new("VM1", "start", "alice") { Reason = "no memory" }, new("web", "start", "bob")] };

        Stop stop = await Assert.ThrowsAsync<Stop>(() =>
            new ResourceWait(Remembering(OldStart), () => Task.FromResult(status), () => Now(Remembering(OldStart)), default).UntilAsync(Wait with { Limit = TimeSpan.Zero }));

        Assert.Contains("the cluster remembers: VM1: start failed on alice: no memory", stop.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("web", stop.Message, StringComparison.Ordinal);
    }

    private static OperationRecord Failure(string resource, string node, long call) =>
        new(node, resource, "start") { Call = call, ReturnCode = 1, Reason = "no memory", When = DateTimeOffset.UnixEpoch.AddSeconds(call) };

    private static Task<(ClusterHistory History, Cib Cib)> Now(ClusterHistory history) =>
        Task.FromResult((history, Cib.Parse(TestFile.Read("tests/Shared/guide.xml"))));

    private static ClusterHistory Remembering(params OperationRecord[] operations) => new() { Operations = operations };

    private static ClusterStatus Status(bool runs) => new()
    {
        HasQuorum = true,
        Nodes = [new("alice") { Online = true }, new("bob") { Online = true }],
        Resources = [new("VM1", runs ? "Started" : "Stopped") { Active = runs, Nodes = runs ? ["bob"] : [] }],
    };
}
