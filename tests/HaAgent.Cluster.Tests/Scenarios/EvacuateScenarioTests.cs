using HaAgent.Cluster.Evacuate;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class EvacuateScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => SchedulerFolder.Of("evacuate");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_Scenario_AsExpected(string name)
    {
        var folder = new SchedulerFolder("evacuate", name);

        Evacuation evacuation = Evacuation.Of("alice", folder.Cib, folder.Status, folder.Run);

        folder.AssertExpected(evacuation.Guests.Select(g => $"{g.Guest}: {g.Outcome.Words}").Concat(evacuation.Others.Select(sentence => $"besides: {sentence}")));
    }

    [Fact]
    public void WithStandby_NodeWithoutAttributes_OnlyThatChanges()
    {
        var folder = new SchedulerFolder("evacuate", "migrate-and-restart");

        var next = Evacuation.WithStandby(folder.Cib, "alice");

        Assert.Equal("on", next.NodeAttribute("alice", "standby"));
        Assert.Null(next.NodeAttribute("bob", "standby"));
        Assert.Equal(folder.Cib.Version.Epoch + 1, next.Version.Epoch);
    }
}
