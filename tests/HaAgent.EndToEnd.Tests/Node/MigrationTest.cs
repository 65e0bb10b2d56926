namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A test on two nodes: finds them fresh, guests begin on alice.</summary>
public abstract class MigrationTest : IClassFixture<TwoNodes>
{
    protected MigrationTest(TwoNodes nodes)
    {
        (Alice, Bob) = (nodes.Alice, nodes.Bob);
        Bob.Run("ip", "link", "set", "cable", "up");
        Alice.Restore();
        Bob.Restore();
    }

    private protected LabNode Alice { get; }

    private protected LabNode Bob { get; }

    private protected TestGuest NewGuest(GuestDoes does = GuestDoes.ObeyPowerButton) => new(Alice, $"mover-{Guid.NewGuid().ToString()[..8]}", does);

    /// <summary>Running, not paused, with its lease, and nothing of it left on bob.</summary>
    private protected void RunsUnharmedOnAlice(TestGuest guest)
    {
        Assert.StartsWith("running", guest.State);
        guest.Agent("monitor", interval: 60, level: 10).Gives(OcfExit.Success);
        Bob.Daemon("thaw", "libvirtd");
        Bob.Daemon("start", "libvirtd");
        Assert.Empty(guest.ProcessesOn(Bob));
    }
}
