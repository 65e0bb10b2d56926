using System.Text;
using HaAgent.Core.Guest;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

public sealed class QemuProofTests
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\nlibvirt-qemu:x:64055:994::/var/lib/libvirt:/usr/sbin/nologin\nvms:x:700:700::/:/bin/false\n";
    private static readonly IReadOnlySet<uint> Owners = QemuProof.Owners("user = \"vms\"\n", Passwd);

    [Fact]
    public void Owners_ConfAndPasswd_RootConfiguredAndDistributions()
    {
        Assert.Equal([0u, 700u, 64055u], Owners.Order());
        Assert.Equal([0u, 64055u], QemuProof.Owners(null, Passwd).Order());
        Assert.Equal([0u, 107u, 64055u], QemuProof.Owners("user = \"+107\"", Passwd).Order());
        Assert.Equal([0u], QemuProof.Owners("", "").Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64055)]
    [InlineData(700)]
    public void IsLibvirts_RunsAsLibvirtsUser_Is(int user) => Assert.True(QemuProof.IsLibvirts(Claim($"{user}\t{user}\t{user}\t{user}"), Owners));

    [Theory]
    [InlineData("1000\t1000\t1000\t1000")]
    [InlineData("1000\t0\t0\t0")]
    [InlineData("0\t0\t0\t1000")]
    [InlineData("")]
    public void IsLibvirts_AnotherUserHasAPartInIt_IsNot(string users) => Assert.False(QemuProof.IsLibvirts(Claim(users), Owners));

    [Fact]
    public void IsLibvirts_OwnUserOfAGuestButPidFileOrControlGroup_Is()
    {
        QemuClaim claim = Claim("1000\t1000\t1000\t1000");

        Assert.True(QemuProof.IsLibvirts(claim with { InPidFile = true }, Owners));
        Assert.True(QemuProof.IsLibvirts(claim with { Cgroup = "0::/machine.slice/machine-qemu\\x2d1\\x2dvm1.scope/libvirt/emulator\n" }, Owners));
        Assert.True(QemuProof.IsLibvirts(claim with { Cgroup = "4:memory:/machine/qemu-1-vm1.libvirt-qemu/emulator\n" }, Owners));
        Assert.False(QemuProof.IsLibvirts(claim with { Cgroup = "0::/user.slice/user-1000.slice/session-2.scope\n" }, Owners));
    }

    private static QemuClaim Claim(string users) => new(false, $"Name:\tqemu-system-x86\nUmask:\t0022\nUid:\t{users}\nGid:\t0\t0\t0\t0\n", "0::/\n");
}

public sealed class QemuCommandLineTests
{
    private const string Uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";

    [Theory]
    [InlineData("guest=vm1,debug-threads=on", "vm1")]
    [InlineData("vm1", "vm1")]
    [InlineData("guest=a,,b,debug-threads=on", "a,b")]
    [InlineData("guest=my vm", "my vm")]
    public void Parse_CommandLineOfLibvirt_NameAndUuid(string name, string expected) =>
        Assert.Equal(new GuestIdentity(expected, Uuid), Parse("/usr/bin/qemu-system-x86_64", "-name", name, "-S", "-uuid", Uuid, "-no-user-config"));

    [Fact]
    public void Parse_NameThatStandsInAnotherArgument_IsNotTaken()
    {
        // resource-agents #1613: "ps | grep" took such a line for the guest.
        Assert.Null(Parse("grep", "-name guest=vm1", "-uuid " + Uuid));
        Assert.Null(Parse("vim", "/etc/libvirt/qemu/vm1.xml"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-uuid")]
    public void Parse_ExitingOrForeignProcess_IsNobody(string arguments) => Assert.Null(Parse(arguments));

    [Fact]
    public void Parse_UuidWithoutName_IsNobody() => Assert.Null(Parse("qemu", "-uuid", Uuid, "-x"));

    private static GuestIdentity? Parse(params string[] arguments) =>
        QemuCommandLine.Parse(Encoding.UTF8.GetBytes(string.Concat(arguments.Select(a => a + "\0"))));
}
