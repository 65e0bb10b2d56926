using System.Text.Json.Nodes;
using HaAgent.Cluster.Add;
using HaAgent.Cluster.Planning;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class AddScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => PlannerCase.Of("add");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var scenario = new PlannerCase("add", name);
        JsonNode desired = scenario.Desired;
        var intent = new AddIntent("cl-virt-lock")
        {
            PreferredNode = (string?)desired["prefer"],
            After = scenario.Words("after"),
            ApartFrom = scenario.Words("apartFrom"),
            Priority = (int?)desired["priority"],
            GuestNode = (string?)desired["guestNode"],
            Migrate = (bool?)desired["migrate"] ?? true,
            Utilization = [.. (desired["utilization"]?.AsObject() ?? []).Select(pair => KeyValuePair.Create(pair.Key, (string)pair.Value!))],
        };

        Plan plan = AddPlanner.PlanFor(intent, GuestScenario.Scope(scenario.Current, [], scenario.Words("guests")), scenario.Words("guests"));

        scenario.AssertExpected(PlanText.Lines(plan));
    }
}
