namespace HaAgent.EndToEnd.Tests.Node;

public sealed class NoLockManagerTests(UnlockedNode fixture) : IClassFixture<UnlockedNode>
{
    [Theory]
    [InlineData("auto")]
    [InlineData("false")]
    public void Start_LockNotRequired_StartsAndTheDeepMonitorIsContent(string requireLock)
    {
        var guest = new TestGuest(fixture.Node, "unlocked-" + requireLock);
        guest.Parameters["require_lock"] = requireLock;
        guest.Start();

        guest.Agent("monitor", interval: 60, level: 10).Gives(OcfExit.Success);
        guest.Agent("stop").Gives(OcfExit.Success);
    }

    [Fact]
    public void Start_LockRequired_Refused()
    {
        var guest = new TestGuest(fixture.Node, "unlocked-true");
        guest.Parameters["require_lock"] = "true";

        guest.Agent("start").Fails(OcfExit.NotInstalled, "require_lock", "lock_manager");

        Assert.False(guest.Runs);
        guest.Agent("stop").Gives(OcfExit.Success);
    }
}
