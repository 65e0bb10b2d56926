using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Teardown;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class TeardownScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => ScenarioFolder.Of("teardown");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var folder = new ScenarioFolder("teardown", name);

        Plan plan = TeardownPlanner.PlanFor((string?)folder.Desired["clone"] ?? "cl-virt-lock", folder.Current);

        folder.AssertExpected(PlanText.Lines(plan));
    }
}
