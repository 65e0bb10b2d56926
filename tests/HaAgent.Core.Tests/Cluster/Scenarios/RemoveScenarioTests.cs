using HaAgent.Core.Cluster.Planning;
using HaAgent.Core.Cluster.Removing;
using Xunit;

namespace HaAgent.Core.Tests.Cluster.Scenarios;

public sealed class RemoveScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => ScenarioFolder.Of("remove");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var folder = new ScenarioFolder("remove", name);

        Plan plan = RemovePlanner.Plan(folder.Words("guests"), (bool?)folder.Desired["keepRunning"] ?? false, folder.Current);

        folder.AssertExpected(PlanText.Lines(plan));
    }
}
