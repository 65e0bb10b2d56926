using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Tests.Scenarios;
using HaAgent.Cluster.Verify;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cluster.Tests.Verifying;

/// <summary>On the cases of Pacemaker's own output that the other verbs are tested with.</summary>
public sealed class TestGroundTests
{
    [Fact]
    public void Choose_Runs_TheOtherNode() => Assert.Equal(new TestNodes("alice", "bob"), Choose("runs", out _));

    [Theory]
    [InlineData("told-to-be-stopped", "haagent explain VM1")]
    [InlineData("moved-and-constraint-left", "crm resource clear VM1")]
    [InlineData("left-alone", "crm resource manage VM1, crm maintenance off")]
    [InlineData("no-quorum", "crm_mon -1")]
    public void Choose_SomethingInTheWay_RefusesWithTheWayOut(string scenario, string wayOut)
    {
        Assert.Null(Choose(scenario, out Refusal? refusal));
        Assert.Contains(wayOut, refusal!.WayOut.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", null)]
    [InlineData("false", "stonith-enabled=true")]
    public void CrashObjection_Fencing_MustBeEnabled(string enabled, string? wayOut)
    {
        var scenario = new SchedulerCase("explain", "runs");
        var cib = Cib.Parse(scenario.Cib.ToXml().Replace("name=\"stonith-enabled\" value=\"true\"", $"name=\"stonith-enabled\" value=\"{enabled}\"", StringComparison.Ordinal));

        Assert.Equal(wayOut is not null, TestNodes.CrashObjection(new Snapshot("alice", cib, scenario.Status, []))?.WayOut.ToString().Contains(wayOut!, StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CrashObjection_DlmCouldNotHaveItFenced_IsThatTheVolumeWouldStandStill(bool opens)
    {
        var scenario = new SchedulerCase("explain", "runs");
        var bob = new NodeFacts("bob") { DlmHelper = Fact.Known(new DlmHelper("libstonithd.so.26", opens, Fact.Known("/usr/lib64/libstonithd.so.56"))) };

        Refusal? refusal = TestNodes.CrashObjection(new Snapshot("alice", scenario.Cib, scenario.Status, [new NodeFacts("alice"), bob]));

        Assert.Equal(opens ? null : "ln -s /usr/lib64/libstonithd.so.56 /usr/lib64/libstonithd.so.26 on bob, until its dlm_stonith is one that was built for this Pacemaker", refusal?.WayOut.ToString());
    }

    // A volume that stands still for ever is no test.
    [Fact]
    public void CrashObjection_WhetherDlmCanHaveItFencedWasNotLearned_IsRefusedWhereTheClusterHasDlm()
    {
        var scenario = new SchedulerCase("explain", "runs");
        var withDlm = Cib.Parse(scenario.Cib.ToXml().Replace(
            "<resources>", "<resources><primitive id=\"dlm\" class=\"ocf\" provider=\"pacemaker\" type=\"controld\"/>", StringComparison.Ordinal));
        NodeFacts[] nodes =
        [
            new("alice") { DlmHelper = Fact.Absent<DlmHelper>() },
            new("bob") { DlmHelper = Fact.NotLearned<DlmHelper>("it does not answer") },
        ];

        Assert.Equal("haagent cannot tell how DLM has nodes fenced on bob: it does not answer", TestNodes.CrashObjection(new Snapshot("alice", withDlm, scenario.Status, nodes))?.Sentence);
        Assert.Null(TestNodes.CrashObjection(new Snapshot("alice", scenario.Cib, scenario.Status, nodes)));
    }

    private static TestNodes? Choose(string name, out Refusal? refusal)
    {
        var scenario = new SchedulerCase("explain", name);
        return TestNodes.Choose("VM1", "bob", scenario.Cib, scenario.Status, out refusal);
    }
}
