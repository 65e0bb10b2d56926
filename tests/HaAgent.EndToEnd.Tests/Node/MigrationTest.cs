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
        // A libvirtd that is started again answers before it has ended what it finds.
        Until.True(() => guest.ProcessesOn(Bob).Length == 0, "nothing of it is left on bob");
    }
}

/// <summary>The two operations of a live migration as Pacemaker runs them: migrate_to on the source, then migrate_from on the target.</summary>
internal static class Migration
{
    public static AgentCall To(this TestGuest guest, string target, int timeout = 60, params (string Name, string Value)[] parameters) =>
        guest.Call("migrate_to", timeout, parameters: [("remoteuri", "qemu+tcp://%n/system"), .. parameters]) with { Variables = Ends("alice", target) };

    public static AgentCall From(this TestGuest guest, string source, string target, int timeout = 30) =>
        guest.Call("migrate_from", timeout, parameters: [("remoteuri", "qemu+tcp://%n/system")]) with { Variables = Ends(source, target) };

    private static Dictionary<string, string> Ends(string source, string target) => new()
    {
        ["OCF_RESKEY_CRM_meta_migrate_source"] = source,
        ["OCF_RESKEY_CRM_meta_migrate_target"] = target,
    };
}
