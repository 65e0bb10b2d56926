using HaAgent.Cluster.Explain;
using HaAgent.Cluster.Status;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class ExplainScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => SchedulerFolder.Of("explain");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_Scenario_AsExpected(string name)
    {
        var folder = new SchedulerFolder("explain", name);
        WatchScope watch = folder.Watch;

        Explanation explanation = Explanation.Of(new ExplainScope(watch, watch.Guests[0], folder.Run, TimeZoneInfo.Utc));

        GuestReport report = StatusReport.Of(watch).Guests[0];
        folder.AssertExpected([.. explanation.Lines(), "In status:", $"  {string.Join(", ", report.Nodes)} | {report.State} | {report.Lease} | {report.Downtime}", .. report.Dangers.Concat(report.Failures).Select(d => "  " + d)]);
    }
}
