namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>Migrations that would never end by themselves: what the deadline and accidents on the way make of them.</summary>
public sealed class UnfinishedMigrationTests(TwoNodes nodes) : MigrationTest(nodes)
{
    [Fact]
    public void MigrateTo_DoesNotFinish_AbortedBeforeTheTimeoutAndStillRunsHere()
    {
        TestGuest guest = Endless();

        guest.To("bob", timeout: 15, parameters: ("migration_speed", "1")).RunOn(Alice).Fails(OcfExit.GenericError);

        RunsUnharmedOnAlice(guest);
    }

    [Fact]
    public void MigrateTo_DoesNotFinishAndMaySuspend_FinishesBeforeTheTimeout()
    {
        TestGuest guest = Endless();

        guest.To("bob", timeout: 30, parameters: [("migration_speed", "1"), ("migration_timeout_action", "suspend")]).RunOn(Alice).Gives(OcfExit.Success);

        Assert.Empty(guest.ProcessesOn(Alice));
        Assert.Equal("running (migrated)", Bob.Virsh("domstate", guest.Uuid, "--reason"));
    }

    [Fact]
    public void MigrateTo_DoesNotFinishAndMayPostCopy_FinishesBeforeTheTimeout()
    {
        TestGuest guest = Endless();

        guest.To("bob", timeout: 20, parameters: [("migration_speed", "1"), ("migration_timeout_action", "postcopy")]).RunOn(Alice).Gives(OcfExit.Success);

        Assert.Empty(guest.ProcessesOn(Alice));
        Assert.StartsWith("running", Bob.Virsh("domstate", guest.Uuid, "--reason"));
    }

    [Fact]
    public async Task MigrateTo_AgentKilledMeanwhile_MigrationIsCancelledAndTheGuestStays()
    {
        TestGuest guest = Endless();
        Task<AgentResult> migration = Task.Run(() => guest.To("bob", timeout: 120, parameters: ("migration_speed", "1")).RunOn(Alice));
        UntilMigrating(guest);

        Alice.Run("pkill", "-KILL", "-f", "VirtualDomain migrate_to");
        await migration;

        Until.True(() => guest.ProcessesOn(Bob).Length == 0, "the target gives up");
        RunsUnharmedOnAlice(guest);
        guest.Tell(GuestDoes.ObeyPowerButton);
        guest.To("bob").RunOn(Alice).Gives(OcfExit.Success);
    }

    [Fact]
    public async Task MigrateTo_TargetsLibvirtdDiesMeanwhile_FailsAndStillRunsHere()
    {
        TestGuest guest = Endless();
        Task<AgentResult> migration = Task.Run(() => guest.To("bob", timeout: 20, parameters: ("migration_speed", "1")).RunOn(Alice));
        UntilMigrating(guest);

        Bob.Daemon("kill", "libvirtd");

        (await migration).Fails(OcfExit.GenericError);
        RunsUnharmedOnAlice(guest);
    }

    [Fact]
    public async Task MigrateTo_SourcesLibvirtdDiesMeanwhile_FailsWithinTheDeadline()
    {
        TestGuest guest = Endless();
        Task<AgentResult> migration = Task.Run(() => guest.To("bob", timeout: 20, parameters: ("migration_speed", "1")).RunOn(Alice));
        UntilMigrating(guest);

        Alice.Daemon("kill", "libvirtd");

        (await migration).Fails(OcfExit.GenericError);
        Assert.True(guest.Runs);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task MigrateTo_LibvirtdHangsMeanwhile_FailsWithinTheDeadline(string where)
    {
        TestGuest guest = Endless();
        Task<AgentResult> migration = Task.Run(() => guest.To("bob", timeout: 15, parameters: ("migration_speed", "1")).RunOn(Alice));
        UntilMigrating(guest);

        (where == "alice" ? Alice : Bob).Daemon("freeze", "libvirtd");

        (await migration).Fails(OcfExit.GenericError, guest.Name);
        Assert.True(guest.Runs);
    }

    /// <summary>A guest that changes its memory faster than one mebibyte per second carries it away.</summary>
    private TestGuest Endless() => NewGuest(GuestDoes.DirtyMemory).Start();

    private void UntilMigrating(TestGuest guest) =>
        Until.True(() => guest.ProcessesOn(Bob).Length > 0 && Alice.Virsh("domjobinfo", guest.Uuid).Contains("Memory processed", StringComparison.Ordinal), "the migration is under way");
}
