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

/// <summary>A question beside the migration reaches the machine that libvirt reaches, as the same user.</summary>
public sealed class SshTargetTests
{
    [Theory]
    [InlineData("qemu+ssh://bob/system", "ssh | bob")]
    [InlineData("qemu+ssh://root@bob/system?no_tty=1", "ssh -l root | bob")]
    [InlineData("qemu+ssh://mover@bob:2222/system", "ssh -p 2222 -l mover | bob")]
    [InlineData("qemu+ssh://[fd00::2]/system", "ssh | fd00::2")]
    [InlineData("qemu+ssh://mover@[fd00::2]:22/system", "ssh -p 22 -l mover | fd00::2")]
    [InlineData("qemu+ssh://[fe80::1%25eth0]/system", null)]
    [InlineData("qemu+ssh://bob/system?keyfile=/etc/haagent/id%20key", "ssh -i /etc/haagent/id key | bob")]
    [InlineData("qemu+ssh://bob/system?no_verify=1&command=/usr/local/bin/ssh", "/usr/local/bin/ssh -o StrictHostKeyChecking=no | bob")]
    [InlineData("qemu+ssh://bob/system?no_verify=0;socket=/x", "ssh | bob")]
    [InlineData("qemu+libssh2://bob/system?known_hosts=/etc/known&keyfile=/k", "ssh -i /k -o UserKnownHostsFile=/etc/known | bob")]
    [InlineData("qemu+ssh://bob?keyfile=/k#part", "ssh -i /k | bob")]
    [InlineData("xen+ssh://bob.example.org:", "ssh | bob.example.org")]
    [InlineData("qemu+tls://bob/system", null)]
    [InlineData("qemu:///system", null)]
    [InlineData("bob", null)]
    [InlineData("qemu+ssh:///system", null)]
    [InlineData("qemu+ssh://bob:port/system", null)]
    [InlineData("qemu+ssh://bob:70000/system", null)]
    [InlineData("qemu+ssh://[fd00::2/system", null)]
    [InlineData("qemu+ssh://[fd00::2]x/system", null)]
    public void Parse_Uri_AsLibvirtWouldConnect(string uri, string? expected)
    {
        SshTarget? target = SshTarget.Parse(uri);

        Assert.Equal(expected, target is null ? null : $"{string.Join(' ', [target.Program, .. target.Options])} | {target.Host}");
    }

    [Theory]
    [InlineData("-oProxyCommand=touch%20x")]
    [InlineData("-oProxyCommand=x@bob")]
    [InlineData("%2DoProxyCommand=x")]
    [InlineData("bob%0aeve")]
    [InlineData("bob%20eve")]
    [InlineData("$(reboot)")]
    [InlineData("`reboot`@bob")]
    [InlineData("a;b@bob")]
    public void Parse_HostileAuthority_NothingForSsh(string authority) => Assert.Null(SshTarget.Parse($"qemu+ssh://{authority}/system"));

    [Fact]
    public void Arguments_Always_TheHostStandsBehindTheEndOfOptions()
    {
        SshTarget target = SshTarget.Parse("qemu+ssh://mover@bob:2222/system?keyfile=-oProxyCommand=x")!;

        Assert.Equal(["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=3", "-p", "2222", "-l", "mover", "-i", "-oProxyCommand=x", "--", "bob", "cat file"], target.Arguments(3, "cat file"));
    }
}
