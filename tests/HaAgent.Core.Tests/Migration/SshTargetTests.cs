using HaAgent.Core.Migration;
using Xunit;

namespace HaAgent.Core.Tests.Migration;

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
