using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Explain;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Simulating;
using HaAgent.Cluster.Status;
using HaAgent.Core.Node;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cluster.Tests.Status;

/// <summary>A volume that stands still because DLM waits for a fence is said where an admin looks for why nothing moves.</summary>
public sealed class StandstillTests
{
    private const string Sentence = "the cluster volume stands still on alice: DLM there has been waiting for bob to be fenced for 312 s";

    private static readonly Cib Cib = Cib.Parse(TestFile.Read("tests/Shared/guide.xml")
        .Replace("<nodes/>", "<nodes><node id='1' uname='alice'/><node id='2' uname='bob'/></nodes>", StringComparison.Ordinal));

    [Fact]
    public void StatusAndExplain_DlmWaitsForAFence_SayThatTheVolumeStandsStill()
    {
        WatchScope scope = Scope(Fact.Known<IReadOnlyList<DlmWait>>([new DlmWait(2, TimeSpan.FromSeconds(312))]));

        Assert.Equal(Sentence, Assert.Single(StatusReport.Of(scope).Standstills).Sentence);
        Cause cause = Assert.Single(Explain(scope).Causes, cause => cause.Sentence == "T" + Sentence[1..]);
        Assert.Equal(Likelihood.Certain, cause.Likelihood);
        Assert.Equal("see why it is not fenced (stonith_admin --history bob); if it is certainly off: dlm_tool fence_ack 2, on alice", cause.Next?.ToString());
    }

    [Fact]
    public void StatusAndExplain_DlmDoesNotAnswer_IsSaidAsNotLearned()
    {
        WatchScope scope = Scope(Fact.NotLearned<IReadOnlyList<DlmWait>>("dlm_tool failed: it did not end in time"));

        Assert.Contains("for which nodes DLM waits on alice could not be learned: dlm_tool failed: it did not end in time", StatusReport.Of(scope).NotLearned);
        Assert.Contains("for which nodes DLM waits on alice could not be learned: dlm_tool failed: it did not end in time", Explain(scope).NotLearned);
    }

    [Theory]
    [InlineData(20, "", true)]
    [InlineData(20, "<fence_event target='bob' status='pending'/>", true)]
    [InlineData(20, "<fence_event target='alice' status='failed' completed='2026-11-29 12:00:00Z'/>", true)]
    [InlineData(20, "<fence_event target='bob' status='failed' completed='2026-11-29 12:00:00Z'/>", false)]
    [InlineData(20, "<fence_event target='bob' status='failed' completed='2026-11-29 12:00:00Z'/><fence_event target='bob' status='success' completed='2026-11-29 12:01:00Z'/>", true)]
    [InlineData(312, "", false)]
    public void Standstill_FenceIsUnderWay_IsPendingUntilItFailsOrTakesTooLong(int seconds, string history, bool isPending)
    {
        ClusterStatus status = ClusterStatus.Parse($"<pacemaker-result><fence_history>{history}</fence_history></pacemaker-result>");
        var node = new NodeFacts("alice") { DlmWaits = Fact.Known<IReadOnlyList<DlmWait>>([new DlmWait(2, TimeSpan.FromSeconds(seconds))]) };

        Standstill standstill = Assert.Single(Standstill.Of(node, new Snapshot("alice", Cib, status, [node])));

        Assert.Equal(isPending, standstill.IsPending);
        Assert.Equal(!isPending, standstill.Next.ToString().Contains("fence_ack", StringComparison.Ordinal));
    }

    [Fact]
    public void Status_DlmWaitsForNobody_SaysNothing()
    {
        Assert.Empty(StatusReport.Of(Scope(Fact.Known<IReadOnlyList<DlmWait>>([]))).Standstills);
        Assert.DoesNotContain(StatusReport.Of(Scope(Fact.Absent<IReadOnlyList<DlmWait>>())).NotLearned, sentence => sentence.Contains("DLM", StringComparison.Ordinal));
    }

    private static Explanation Explain(WatchScope scope) => Explanation.Of(new ExplainScope(scope, scope.Guests[0], new SimulatedRun(), TimeZoneInfo.Utc));

    private static WatchScope Scope(Fact<IReadOnlyList<DlmWait>> waits)
    {
        var snapshot = new Snapshot("alice", Cib, new ClusterStatus { HasQuorum = true }, [new NodeFacts("alice") { DlmWaits = waits }]);
        return new WatchScope(snapshot, ClusterHistory.Of(Cib), [WatchedGuest.Of(Cib.Primitive("VM1")!, snapshot)]);
    }
}
