using HaAgent.Core.Migration;
using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Migration;

public sealed class PeerUriTests
{
    private const string Local = "qemu:///system";

    [Theory]
    [InlineData("remoteuri=qemu+ssh://%n/system", "qemu+ssh://bob/system")]
    [InlineData("remoteuri=qemu+ssh://root@%n-mig:2222/system?x=%n", "qemu+ssh://root@bob-mig:2222/system?x=bob")]
    [InlineData("", "qemu://bob/system")]
    [InlineData("migration_transport=ssh", "qemu+ssh://bob/system")]
    [InlineData("migration_transport=tcp migration_user=virt", "qemu+tcp://virt@bob/system")]
    [InlineData("migration_transport=ssh migration_network_suffix=-mig", "qemu+ssh://bob-mig/system")]
    public void Hypervisor_Parameters_ComposeAsTheBashAgentDoes(string parameters, string expected) =>
        Assert.Equal(expected, PeerUri.Hypervisor(Settings(parameters), "bob", Local));

    [Fact]
    public void Hypervisor_LocalUriWithPort_KeepsThePort() =>
        Assert.Equal("qemu+tcp://bob:9999/system", PeerUri.Hypervisor(Settings("migration_transport=tcp"), "bob", "qemu://alice:9999/system"));

    [Theory]
    [InlineData("", null)]
    [InlineData("migrateuri=tcp://%n:49152", "tcp://bob.example.org:49152")]
    [InlineData("migrateuri=tcp://%n migration_user=virt", "tcp://bob.example.org")]
    [InlineData("migrate_options=--migrateuri=tcp://%n-x", "tcp://bob.example.org-x")]
    [InlineData("migration_network_suffix=-mig", "tcp://bob-mig.example.org:49160")]
    [InlineData("migration_network_suffix=-mig migrateport=5000", "tcp://bob-mig.example.org:5000")]
    public void State_Parameters_ComposeAsTheBashAgentDoes(string parameters, string? expected)
    {
        Settings settings = Settings(parameters);
        MigrateRequest.Parse(settings.MigrateOptions, out MigrateRequest request);

        Assert.Equal(expected, PeerUri.State(settings, request, "bob.example.org", Local, 49160));
    }

    private static Settings Settings(string parameters)
    {
        var environment = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(p => "OCF_RESKEY_" + p[..p.IndexOf('=', StringComparison.Ordinal)], p => p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        return new Settings(new Invocation(ActionTable.Find("migrate_to")!, key => environment.GetValueOrDefault(key)));
    }
}
