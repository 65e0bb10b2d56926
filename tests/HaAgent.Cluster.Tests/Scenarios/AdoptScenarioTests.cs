using HaAgent.Cluster.Adopt;
using HaAgent.Cluster.Planning;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class AdoptScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => ScenarioFolder.Of("adopt");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var folder = new ScenarioFolder("adopt", name);

        Plan plan = AdoptPlanner.PlanFor(folder.Words("guests"), (bool?)folder.Desired["revert"] ?? false, folder.Current);

        folder.AssertExpected(PlanText.Lines(plan));
    }
}
