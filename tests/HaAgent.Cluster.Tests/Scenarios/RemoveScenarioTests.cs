using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Remove;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class RemoveScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => ScenarioFolder.Of("remove");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var folder = new ScenarioFolder("remove", name);

        Plan plan = RemovePlanner.PlanFor(folder.Words("guests"), (bool?)folder.Desired["keepRunning"] ?? false, folder.Current);

        folder.AssertExpected(PlanText.Lines(plan));
    }
}
