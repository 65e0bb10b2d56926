namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>Values that a parameter cannot have: a configuration error that names the parameter, before anything is done.</summary>
public sealed class BadParameterTests(OneNode fixture) : NodeTest(fixture)
{
    [Theory]
    [InlineData("force_stop", "maybe")]
    [InlineData("save_config_on_stop", "2")]
    [InlineData("autoset_utilization_cpu", "oui")]
    [InlineData("migration_downtime", "-1")]
    [InlineData("migration_speed", "fast")]
    [InlineData("migration_speed", "99999999999999999999")]
    [InlineData("migrateport", "65536")]
    [InlineData("migrateport", "0")]
    [InlineData("stop_reserve", "0")]
    [InlineData("stop_reserve", "1.5")]
    [InlineData("hypervisor", "quantum:///system")]
    [InlineData("hypervisor", "no uri")]
    [InlineData("remoteuri", "qemu+pigeon://%n/system")]
    [InlineData("migration_transport", "pigeon")]
    [InlineData("migration_user", "Robert'); DROP")]
    [InlineData("migration_network_suffix", "a b")]
    [InlineData("migrate_options", "--no-such-option")]
    [InlineData("shutdown_mode", "gently")]
    [InlineData("require_lock", "perhaps")]
    [InlineData("on_lock_lost", "panic")]
    [InlineData("on_paused_error", "1")]
    [InlineData("migration_timeout_action", "wait")]
    [InlineData("snapshot", "relative/directory")]
    public void ValidateAllAndStart_BadValue_ConfigurationErrorThatNamesTheParameter(string name, string value)
    {
        TestGuest guest = NewGuest();
        guest.Parameters[name] = value;

        guest.Agent("validate-all").Fails(OcfExit.NotConfigured, name);
        guest.Agent("start").Fails(OcfExit.NotConfigured, name);
        Assert.False(guest.Runs);
    }

    [Theory]
    [InlineData("force_stop", "1", "snapshot", "/mnt/shared")]
    [InlineData("stateless", "1", "force_stop", "1")]
    public void ValidateAll_ValuesThatContradictEachOther_ConfigurationError(string one, string oneValue, string other, string otherValue)
    {
        TestGuest guest = NewGuest();

        guest.Agent("validate-all", parameters: [(one, oneValue), (other, otherValue)]).Fails(OcfExit.NotConfigured, one);
    }

    [Fact]
    public void Stop_BadValueSetWhileTheGuestRuns_StillStops()
    {
        TestGuest guest = NewGuest().Start();
        guest.Parameters["force_stop"] = "maybe";
        guest.Parameters["on_lock_lost"] = "panic";

        guest.Agent("stop");

        Assert.False(guest.Runs);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("True")]
    [InlineData("ON")]
    [InlineData("1")]
    public void Start_EverySpellingOfTrue_IsTaken(string value)
    {
        TestGuest guest = NewGuest();
        guest.Parameters["force_stop"] = value;
        guest.Start();

        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.Equal("destroyed", guest.EndedBy);
    }

    [Fact]
    public void Start_UnknownParameter_IsNoConcernOfTheAgents()
    {
        TestGuest guest = NewGuest();
        guest.Parameters["no_such_parameter"] = "x";

        guest.Agent("validate-all").Gives(OcfExit.Success);
    }
}
