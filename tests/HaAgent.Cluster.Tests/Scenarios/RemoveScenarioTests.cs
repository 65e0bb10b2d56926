using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Remove;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class RemoveScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => PlannerCase.Of("remove");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var scenario = new PlannerCase("remove", name);

        Plan plan = RemovePlanner.PlanFor(scenario.Words("guests"), (bool?)scenario.Desired["keepRunning"] ?? false, scenario.Current);

        scenario.AssertExpected(PlanText.Lines(plan));
    }
}
