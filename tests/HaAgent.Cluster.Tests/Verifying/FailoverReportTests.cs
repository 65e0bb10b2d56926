using HaAgent.Cluster.Verify;
using Xunit;

namespace HaAgent.Cluster.Tests.Verifying;

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
