using System.Text.Json.Nodes;
using HaAgent.Cluster.Add;
using HaAgent.Cluster.Planning;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class AddScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => ScenarioFolder.Of("add");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var folder = new ScenarioFolder("add", name);
        JsonNode desired = folder.Desired;
        var intent = new AddIntent("cl-virt-lock")
        {
            PreferredNode = (string?)desired["prefer"],
            After = folder.Words("after"),
            ApartFrom = folder.Words("apartFrom"),
            Priority = (int?)desired["priority"],
            GuestNode = (string?)desired["guestNode"],
            Migrate = (bool?)desired["migrate"] ?? true,
            Utilization = [.. (desired["utilization"]?.AsObject() ?? []).Select(pair => KeyValuePair.Create(pair.Key, (string)pair.Value!))],
        };

        Plan plan = AddPlanner.PlanFor(intent, GuestScenario.Scope(folder.Current, [], folder.Words("guests")), folder.Words("guests"));

        folder.AssertExpected(PlanText.Lines(plan));
    }
}
