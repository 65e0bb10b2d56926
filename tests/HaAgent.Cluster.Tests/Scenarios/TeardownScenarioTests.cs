using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Teardown;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class TeardownScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => PlannerCase.Of("teardown");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var scenario = new PlannerCase("teardown", name);

        Plan plan = TeardownPlanner.PlanFor((string?)scenario.Desired["clone"] ?? "cl-virt-lock", scenario.Current);

        scenario.AssertExpected(PlanText.Lines(plan));
    }
}
