namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A target without lock manager: libvirt migrates there gladly, and the lock vanishes.</summary>
public sealed class UnprotectedTargetTests(UnprotectedTarget nodes) : IClassFixture<UnprotectedTarget>
{
    [Fact]
    public void MigrateTo_TargetWithoutLockManagerBySsh_RefusedBeforeItStarts()
    {
        // Only a connection by ssh lets the source read how the target's libvirt is configured.
        foreach (LabNode node in new[] { nodes.Alice, nodes.Bob }) node.ServeSsh();
        TestGuest guest = new TestGuest(nodes.Alice, "unprotected").Start();

        guest.To("bob", parameters: ("remoteuri", "qemu+ssh://%n/system")).RunOn(nodes.Alice).Fails(OcfExit.GenericError, "bob", "lock_manager");

        Assert.Empty(guest.ProcessesOn(nodes.Bob));
        guest.Agent("monitor", interval: 60, level: 10).Gives(OcfExit.Success);
    }

    [Fact]
    public void MigrateFrom_ArrivedWithoutItsLock_Fails()
    {
        TestGuest guest = new TestGuest(nodes.Alice, "arrived-bare").Start();
        guest.Parameters["require_lock"] = "true";
        nodes.Alice.Virsh("migrate", "--live", guest.Name, "qemu+tcp://bob/system");

        guest.From("alice", "bob").RunOn(nodes.Bob).Fails(OcfExit.GenericError, "lock");
    }
}
