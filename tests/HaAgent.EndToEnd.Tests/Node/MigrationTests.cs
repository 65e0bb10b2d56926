namespace HaAgent.EndToEnd.Tests.Node;

[Trait("Root", "any")]
public sealed class MigrationTests(TwoNodes nodes) : MigrationTest(nodes)
{
    [Fact]
    public void MigrateToAndFrom_Healthy_SameInstanceArrivesWithItsLock()
    {
        TestGuest guest = NewGuest().Start();

        AgentResult to = guest.To("bob").RunOn(Alice).Gives(OcfExit.Success);
        guest.From("alice", "bob").RunOn(Bob).Gives(OcfExit.Success);

        Assert.Empty(guest.ProcessesOn(Alice));
        Assert.Single(guest.ProcessesOn(Bob));
        Assert.Equal(1, guest.Boots);
        guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
        guest.Agent("monitor", interval: 60, level: 10, on: Bob).Gives(OcfExit.Success);
        Assert.Matches("(?i)migrat.*bob", to.Log);
        Assert.Matches(@"(?i)downtime", to.Log);

        guest.Agent("start", timeout: 15).Fails(OcfExit.GenericError, guest.Lease);
        guest.Agent("stop", on: Bob).Gives(OcfExit.Success);
        Assert.Empty(guest.ProcessesOn(Bob));
    }

    [Fact]
    public void MigrateTo_PeerToPeerAsked_Moves()
    {
        TestGuest guest = NewGuest().Start();

        guest.To("bob", parameters: ("migrate_options", "--p2p --auto-converge")).RunOn(Alice).Gives(OcfExit.Success);

        Assert.Single(guest.ProcessesOn(Bob));
    }

    [Fact]
    public void MigrateTo_BySsh_Moves()
    {
        foreach (LabNode node in new[] { Alice, Bob }) node.ServeSsh();
        TestGuest guest = NewGuest().Start();

        guest.To("bob", parameters: ("remoteuri", "qemu+ssh://%n/system")).RunOn(Alice).Gives(OcfExit.Success);

        Assert.Single(guest.ProcessesOn(Bob));
    }

    [Fact]
    public void MigrateTo_TuningSet_Moves()
    {
        TestGuest guest = NewGuest().Start();

        guest.To("bob", parameters: [("migration_downtime", "500"), ("migration_speed", "50"), ("migration_auto_converge", "1"), ("migrateuri", "tcp://%n:49160")])
            .RunOn(Alice).Gives(OcfExit.Success);

        Assert.Single(guest.ProcessesOn(Bob));
    }

    [Fact]
    public void Start_RunsOnTheOtherNode_RefusedBecauseOfTheLock()
    {
        TestGuest guest = NewGuest().Start();

        guest.Agent("start", timeout: 15, on: Bob).Fails(OcfExit.GenericError, guest.Disk, guest.Lease);

        Assert.Empty(guest.ProcessesOn(Bob));
        Assert.True(guest.Runs);
    }

    [Fact]
    public void MigrateTo_TargetRunsAnotherGuestOfThatName_RefusedBeforeItStarts()
    {
        TestGuest guest = NewGuest().Start();
        var other = new TestGuest(Bob, guest.Name, disk: "/mnt/shared/other.raw");
        Bob.Virsh("create", other.Config);
        guest.Save();

        guest.To("bob").RunOn(Alice).Fails(OcfExit.GenericError, guest.Name, "bob");

        RunsUnharmedOnAlice(guest);
        Assert.Single(other.ProcessesOn(Bob));
    }

    [Fact]
    public void MigrateTo_CableCut_RefusedWithinTheDeadline()
    {
        TestGuest guest = NewGuest().Start();
        Bob.Run("ip", "link", "set", "cable", "down");

        guest.To("bob", timeout: 20).RunOn(Alice).Fails(OcfExit.GenericError, "bob");

        RunsUnharmedOnAlice(guest);
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("freeze")]
    public void MigrateTo_TargetsLibvirtdGoneOrHung_RefusedWithinTheDeadline(string fault)
    {
        TestGuest guest = NewGuest().Start();
        Bob.Daemon(fault, "libvirtd");

        guest.To("bob", timeout: 12).RunOn(Alice).Fails(OcfExit.GenericError, "bob");

        RunsUnharmedOnAlice(guest);
    }

    [Fact]
    public void MigrateTo_TargetsLockspaceIsStale_FailsAndStillRunsHere()
    {
        TestGuest guest = NewGuest().Start();
        Bob.Daemon("stop", "virtlockd");
        Bob.Daemon("start", "virtlockd");

        guest.To("bob").RunOn(Alice).Fails(OcfExit.GenericError);

        RunsUnharmedOnAlice(guest);
    }

    [Fact]
    public void MigrateTo_NotRunningHere_Fails()
    {
        TestGuest guest = NewGuest();

        guest.To("bob", timeout: 15).RunOn(Alice).Fails(OcfExit.GenericError, guest.Name);
    }

    /// <summary>Pacemaker tells by seconds which of two nodes' operations began first, and takes a guest to be on both when it cannot.</summary>
    [Fact]
    public void MigrateTo_RefusedAtOnce_EndsInALaterSecondThanItBegan()
    {
        TestGuest guest = NewGuest();

        long began = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        guest.To("bob", timeout: 15).RunOn(Alice).Fails(OcfExit.GenericError, guest.Name);

        Assert.NotEqual(began, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Fact]
    public void MigrateTo_UnknownHost_FailsAndStillRunsHere()
    {
        TestGuest guest = NewGuest().Start();

        guest.To("carol", timeout: 20).RunOn(Alice).Fails(OcfExit.GenericError, "carol");

        RunsUnharmedOnAlice(guest);
    }

    [Fact]
    public void MigrateFrom_NothingArrived_FailsWithinTheDeadline() =>
        NewGuest().From("alice", "bob", timeout: 15).RunOn(Bob).Fails(OcfExit.GenericError, "alice");
}
