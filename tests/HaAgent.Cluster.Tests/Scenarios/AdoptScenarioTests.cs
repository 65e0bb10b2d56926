using HaAgent.Cluster.Adopt;
using HaAgent.Cluster.Planning;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class AdoptScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => PlannerCase.Of("adopt");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var scenario = new PlannerCase("adopt", name);

        Plan plan = AdoptPlanner.PlanFor(scenario.Words("guests"), (bool?)scenario.Desired["revert"] ?? false, scenario.Current);

        scenario.AssertExpected(PlanText.Lines(plan));
    }
}
