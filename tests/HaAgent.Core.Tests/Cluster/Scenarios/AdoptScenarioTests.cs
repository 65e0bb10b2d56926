using HaAgent.Core.Cluster.Adopting;
using HaAgent.Core.Cluster.Planning;
using Xunit;

namespace HaAgent.Core.Tests.Cluster.Scenarios;

public sealed class AdoptScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => ScenarioFolder.Of("adopt");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var folder = new ScenarioFolder("adopt", name);

        Plan plan = AdoptPlanner.Plan(folder.Words("guests"), (bool?)folder.Desired["revert"] ?? false, folder.Current);

        folder.AssertExpected(PlanText.Lines(plan));
    }
}
