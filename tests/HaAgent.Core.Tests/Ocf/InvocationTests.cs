using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Ocf;

public sealed class InvocationTests
{
    [Theory]
    [InlineData("monitor", null, true)]
    [InlineData("monitor", "0", true)]
    [InlineData("monitor", "10000", false)]
    [InlineData("status", "0", true)]
    [InlineData("start", null, false)]
    [InlineData("start", "0", false)]
    public void IsProbe_Interval_OnlyAMonitorWithoutOne(string action, string? interval, bool expected) =>
        Assert.Equal(expected, Make(action, ("OCF_RESKEY_CRM_meta_interval", interval)).IsProbe);

    [Theory]
    [InlineData("20000", 20)]
    [InlineData(null, 90)]
    [InlineData("0", 90)]
    [InlineData("soon", 90)]
    public void Timeout_FromTheClusterOrTheTable(string? milliseconds, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Make("stop", ("OCF_RESKEY_CRM_meta_timeout", milliseconds)).Timeout);

    [Theory]
    [InlineData("notify")]
    [InlineData("promote")]
    [InlineData("demote")]
    [InlineData("reload")]
    [InlineData("START")]
    [InlineData("")]
    public void Find_ActionWeDoNotHave_IsNone(string name) => Assert.Null(ActionTable.Find(name));

    private static Invocation Make(string action, params (string Name, string? Value)[] values) =>
        new(ActionTable.Find(action)!, key => values.FirstOrDefault(v => v.Name == key).Value);
}

public sealed class SettingsTests
{
    [Fact]
    public void Problem_OnlyConfig_IsNone() => Assert.Null(Settings().Problem());

    [Fact]
    public void Problem_ConfigMissing_NamesItAndTheCommand()
    {
        string? problem = new Settings(new Invocation(ActionTable.Find("start")!, _ => null)).Problem();

        Assert.Contains("config", problem, StringComparison.Ordinal);
        Assert.Contains("crm resource param", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config", "vm1.xml")]
    [InlineData("config", "/mnt/a\tb")]
    [InlineData("force_stop", "maybe")]
    [InlineData("migration_downtime", "-1")]
    [InlineData("migration_downtime", "2s")]
    [InlineData("migration_speed", "99999999999999999999")]
    [InlineData("migrateport", "0")]
    [InlineData("migrateport", "65536")]
    [InlineData("migration_user", "Robert'); DROP")]
    [InlineData("migration_transport", "pigeon")]
    [InlineData("migration_network_suffix", "-mig;reboot")]
    [InlineData("hypervisor", "qemu")]
    [InlineData("hypervisor", "hyperdrive:///system")]
    [InlineData("remoteuri", "qemu+pigeon://%n/system")]
    [InlineData("migrate_options", "--frobnicate")]
    [InlineData("shutdown_mode", "nicely")]
    [InlineData("require_lock", "perhaps")]
    [InlineData("on_lock_lost", "panic")]
    [InlineData("stop_reserve", "0")]
    [InlineData("migration_timeout_action", "wait")]
    [InlineData("snapshot", "snapshots")]
    public void Problem_BadValue_NamesTheParameter(string name, string value) =>
        Assert.StartsWith($"The parameter {name} ", Settings((name, value)).Problem(), StringComparison.Ordinal);

    [Theory]
    [InlineData("hypervisor", "qemu:///system")]
    [InlineData("hypervisor", "test:///default")]
    [InlineData("hypervisor", "qemu+ssh://root@host/system?keyfile=/x")]
    [InlineData("remoteuri", "qemu+tls://%n/system")]
    [InlineData("migration_user", "virt_admin-1")]
    [InlineData("force_stop", "JA")]
    [InlineData("stateless", "False")]
    [InlineData("migrateport", "49152")]
    public void Problem_GoodValue_IsNone(string name, string value) => Assert.Null(Settings((name, value)).Problem());

    [Fact]
    public void Problem_ParametersThatExcludeEachOther_IsSaid()
    {
        Assert.Contains("force_stop and snapshot", Settings(("force_stop", "1"), ("snapshot", "/s")).Problem(), StringComparison.Ordinal);
        Assert.Contains("backingfile", Settings(("stateless", "1")).Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_BadOnes_CountAsTheirDefaults()
    {
        Settings settings = Settings(("force_stop", "maybe"), ("on_lock_lost", "panic"), ("migrateport", "x"), ("stop_reserve", "-4"));

        Assert.False(settings.ForceStop);
        Assert.Equal(Policy.Fail, settings.OnLockLost);
        Assert.Null(settings.MigratePort);
        Assert.Null(settings.StopReserve);
    }

    [Fact]
    public void SaveConfigOnStop_Sync_ImpliesSave() => Assert.True(Settings(("sync_config_on_stop", "true")).SaveConfigOnStop);

    private static Settings Settings(params (string Name, string Value)[] values)
    {
        var environment = new Dictionary<string, string> { ["OCF_RESKEY_config"] = "/mnt/shared/vm1.xml" };
        foreach ((string name, string value) in values)
            environment["OCF_RESKEY_" + name] = value;
        return new Settings(new Invocation(ActionTable.Find("start")!, key => environment.GetValueOrDefault(key)));
    }
}
