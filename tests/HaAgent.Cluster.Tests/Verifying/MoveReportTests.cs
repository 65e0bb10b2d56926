using HaAgent.Cluster.Verify;
using Xunit;

namespace HaAgent.Cluster.Tests.Verifying;

public sealed class MoveTrialTests
{
    private static readonly ConnectionReport Open = new("10.0.0.1:4 → 10.0.0.9:22", TimeSpan.FromSeconds(0.41), TimeSpan.FromSeconds(0.2), null);
    private static readonly MoveReport Moved = new("alice", "bob") { RunsOn = ["bob"], Took = TimeSpan.FromSeconds(3), Live = true, Connection = Open };

    [Fact]
    public void Judge_LiveAndSameConnection_PassesAndTellsTheGap()
    {
        GuideTestResult result = Moved.Judge("VM1");

        Assert.Equal(Verdict.Passed, result.Verdict);
        Assert.Contains("the same connection (10.0.0.1:4 → 10.0.0.9:22) stayed open, longest gap 0.41 s", result.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_GapBelowResolution_ClaimsNoMore() =>
        Assert.Contains("longest gap at most 0.20 s", (Moved with { Connection = Open with { LongestGap = TimeSpan.FromSeconds(0.1) } }).Judge("VM1").Seen, StringComparison.Ordinal);

    [Fact]
    public void Judge_ConnectionsReplacedInTime_PassesAndDoesNotCallThemOne() =>
        Assert.Contains("connections, each open until the next one was, never broke (4 one after the other, the first 10.0.0.1:4 → 10.0.0.9:22), longest gap 0.41 s", (Moved with { Connection = Open with { Replaced = 3 } }).Judge("VM1").Seen, StringComparison.Ordinal);

    [Fact]
    public void Judge_Broken_Fails() => Assert.Equal(Verdict.Failed, (Moved with { Connection = Open with { Broken = "Connection reset by peer" } }).Judge("VM1").Verdict);

    [Fact]
    public void Judge_NoConnection_SaysThatNothingWasMoved() => Assert.Equal("not moved, because no connection could be kept open: refused", new MoveReport("alice", "bob") { NoConnection = "refused" }.Judge("VM1").Seen);

    [Fact]
    public void Judge_StoppedAndStarted_Fails() => Assert.Equal(Verdict.Failed, (Moved with { Live = false }).Judge("VM1").Verdict);

    [Fact]
    public void Judge_ElsewhereThanTold_Fails() => Assert.Equal(Verdict.Failed, (Moved with { RunsOn = ["alice"] }).Judge("VM1").Verdict);
}
