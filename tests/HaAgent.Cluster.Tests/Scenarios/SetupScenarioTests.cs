using System.Text.Json.Nodes;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class SetupScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => PlannerCase.Of("setup");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_Scenario_AsExpected(string name)
    {
        var scenario = new PlannerCase("setup", name);

        Plan plan = SetupPlanner.PlanFor(Intent(scenario.Desired), scenario.Current);

        scenario.AssertExpected(PlanText.Lines(plan));
    }

    private static SetupIntent Intent(JsonNode desired)
    {
        Storage storage = desired["existingMount"] is { } mount
            ? new Storage.ExistingMount((string)mount!)
            : new Storage.Device((string)desired["device"]!, (string?)desired["fs"] == "gfs2" ? VolumeType.Gfs2 : VolumeType.Ocfs2, desired["forceFormat"] is not null);
        LockNames names = LockNames.Default(storage);
        return new SetupIntent(storage, (string?)desired["mount"] ?? "/mnt/shared", names with
        {
            Dlm = (string?)desired["dlm"] ?? names.Dlm,
            Group = (string?)desired["group"] ?? names.Group,
            GroupClone = (string?)desired["clone"] ?? names.GroupClone,
        });
    }
}
