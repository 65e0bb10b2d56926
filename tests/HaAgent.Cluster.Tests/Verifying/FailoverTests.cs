using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Verify;
using Xunit;

namespace HaAgent.Cluster.Tests.Verifying;

public sealed class FailoverWatchTests
{
    private static readonly OperationRecord FirstStart = new("bob", "VM1", "start") { Call = 12, When = DateTimeOffset.UnixEpoch.AddSeconds(100) };
    private static readonly OperationRecord SecondStart = FirstStart with { Call = 9, When = DateTimeOffset.UnixEpoch.AddSeconds(200) };
    private static readonly ClusterHistory Before = Remembering(FirstStart);

    [Theory]
    [InlineData(GuideTest.Crash)]
    [InlineData(GuideTest.Reboot)]
    public void See_NodeLeavesAndGuestRunsElsewhere_IsOver(GuideTest test)
    {
        var watch = new FailoverWatch(test, "VM1", "bob", Before);

        Assert.False(watch.See(Status(online: true, runsOn: "bob"), Before, Seconds(1)));
        Assert.False(watch.See(Status(online: false, runsOn: null), Before, Seconds(5)));
        Assert.True(watch.See(Status(online: false, runsOn: "alice"), Before, Seconds(9)));
        Assert.Equal(("alice", Seconds(9), true), (watch.RunsOn, watch.At, watch.Left));
    }

    [Fact]
    public void See_BackBeforeItWasFencedAndStartedThereAgain_IsOverAtOnceAndRecovered()
    {
        var watch = new FailoverWatch(GuideTest.Crash, "VM1", "bob", Before);

        Assert.False(watch.See(Status(online: true, runsOn: "bob"), Before, Seconds(1)));
        Assert.False(watch.See(Status(online: false, runsOn: null), Before, Seconds(4)));
        Assert.True(watch.See(Status(online: true, runsOn: "bob"), Remembering(SecondStart), Seconds(13)));

        GuideTestResult result = Judge(watch, fenced: false);
        Assert.Equal(Verdict.Otherwise, result.Verdict);
        Assert.StartsWith("VM1 recovered: it was started on bob again after 13.0 s; bob was back before it was fenced", result.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void See_EverythingKilledCameBackAndTheNodeNeverLeft_IsOverAtOnce()
    {
        var watch = new FailoverWatch(GuideTest.Crash, "VM1", "bob", Before);

        Assert.True(watch.See(Status(online: true, runsOn: "bob"), Remembering(SecondStart), Seconds(6)));
        Assert.Contains("bob never left the cluster, and was not fenced", Judge(watch, fenced: false).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void See_NothingHappens_IsOverOnceTheNodeWouldHaveBeenMissed()
    {
        var watch = new FailoverWatch(GuideTest.Crash, "VM1", "bob", Before);

        Assert.False(watch.See(Status(online: true, runsOn: "bob"), Before, Seconds(30)));
        Assert.True(watch.See(Status(online: true, runsOn: "bob"), Before, FailoverWatch.Missed));

        GuideTestResult result = Judge(watch, fenced: false);
        Assert.Equal(Verdict.Failed, result.Verdict);
        Assert.Contains("VM1 runs on, bob never left the cluster", result.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void See_RebootHandsTheGuestOverFirst_WaitsForTheNodeToLeave()
    {
        var watch = new FailoverWatch(GuideTest.Reboot, "VM1", "bob", Before);

        Assert.False(watch.See(Status(online: true, runsOn: "alice"), Before, Seconds(3)));
        Assert.True(watch.See(Status(online: false, runsOn: "alice"), Before, Seconds(20)));
        Assert.Equal(Seconds(3), watch.At);
    }

    [Fact]
    public void See_CrashTooShortToBeSeenAndGuestElsewhere_IsOver()
    {
        var watch = new FailoverWatch(GuideTest.Crash, "VM1", "bob", Before);

        Assert.True(watch.See(Status(online: true, runsOn: "alice"), Before, Seconds(8)));
    }

    private static GuideTestResult Judge(FailoverWatch watch, bool fenced) =>
        new FailoverReport(GuideTest.Crash, "bob") { Left = watch.Left, Fenced = fenced, RunsOn = watch.RunsOn, Stayed = watch.Stayed, Took = watch.At!.Value, Back = watch.At }.Judge("VM1");

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static ClusterHistory Remembering(params OperationRecord[] operations) => new() { Operations = operations };

    private static ClusterStatus Status(bool online, string? runsOn) => new()
    {
        HasQuorum = true,
        Nodes = [new("alice") { Online = true }, new("bob") { Online = online }],
        Resources = [new("VM1", runsOn is null ? "Stopped" : "Started") { Active = runsOn is not null, Nodes = runsOn is null ? [] : [runsOn] }],
    };
}

public sealed class FailoverTrialTests
{
    [Theory]
    [InlineData(GuideTest.Reboot, false, "alice", Verdict.Passed)]
    [InlineData(GuideTest.Reboot, true, "alice", Verdict.Failed)]
    [InlineData(GuideTest.Reboot, false, null, Verdict.Failed)]
    [InlineData(GuideTest.Crash, true, "alice", Verdict.Passed)]
    [InlineData(GuideTest.Crash, false, "alice", Verdict.Failed)]
    [InlineData(GuideTest.Crash, true, null, Verdict.Failed)]
    public void Judge_FencedAndRunsOn_AsTheGuideExpects(GuideTest test, bool fenced, string? runsOn, Verdict expected) =>
        Assert.Equal(expected, new FailoverReport(test, "bob") { Left = true, Fenced = fenced, RunsOn = runsOn }.Judge("VM1").Verdict);
}
