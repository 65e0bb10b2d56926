using HaAgent.Cluster.Evacuate;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class EvacuateScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => SchedulerCase.Of("evacuate");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_Scenario_AsExpected(string name)
    {
        var scenario = new SchedulerCase("evacuate", name);

        Evacuation evacuation = Evacuation.Of("alice", scenario.Cib, scenario.Status, scenario.Run);

        scenario.AssertExpected(evacuation.Guests.Select(g => $"{g.Guest}: {g.Outcome.Words}").Concat(evacuation.Others.Select(sentence => $"besides: {sentence}")));
    }

    [Fact]
    public void WithStandby_NodeWithoutAttributes_OnlyThatChanges()
    {
        var scenario = new SchedulerCase("evacuate", "migrate-and-restart");

        var next = Evacuation.WithStandby(scenario.Cib, "alice");

        Assert.Equal("on", next.NodeAttribute("alice", "standby"));
        Assert.Null(next.NodeAttribute("bob", "standby"));
        Assert.Equal(scenario.Cib.Version.Epoch + 1, next.Version.Epoch);
    }
}
