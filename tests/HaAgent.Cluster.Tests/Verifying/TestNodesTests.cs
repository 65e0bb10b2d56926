using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Tests.Scenarios;
using HaAgent.Cluster.Verify;
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

        Assert.Equal(wayOut is not null, TestNodes.CrashObjection(cib)?.WayOut.ToString().Contains(wayOut!, StringComparison.Ordinal) ?? false);
    }

    private static TestNodes? Choose(string name, out Refusal? refusal)
    {
        var scenario = new SchedulerCase("explain", name);
        return TestNodes.Choose("VM1", "bob", scenario.Cib, scenario.Status, out refusal);
    }
}
