using HaAgent.Cluster.Explain;
using HaAgent.Cluster.Status;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class ExplainScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => SchedulerCase.Of("explain");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_Scenario_AsExpected(string name)
    {
        var scenario = new SchedulerCase("explain", name);
        WatchScope watch = scenario.Watch;

        Explanation explanation = Explanation.Of(new ExplainScope(watch, watch.Guests[0], scenario.Run, TimeZoneInfo.Utc));

        GuestReport report = StatusReport.Of(watch).Guests[0];
        scenario.AssertExpected([.. explanation.Lines(), "In status:", $"  {string.Join(", ", report.Nodes)} | {report.State} | {report.Lease} | {report.Downtime}", .. report.Dangers.Concat(report.Failures).Select(d => "  " + d)]);
    }
}
