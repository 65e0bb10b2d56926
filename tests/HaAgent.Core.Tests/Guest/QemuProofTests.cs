using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

public sealed class QemuOwnersTests
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\nlibvirt-qemu:x:64055:994::/var/lib/libvirt:/usr/sbin/nologin\nvms:x:700:700::/:/bin/false\n";

    [Theory]
    [InlineData("user = \"vms\"", "0\t700\t64055\t0", FactState.Known)]
    [InlineData("user = \"vms\"", "0\t0\t0\t1000", FactState.Absent)]
    [InlineData("user = \"+107\"", "107\t107\t107\t107", FactState.Known)]
    [InlineData("user = \"nobody-knows\"", "1000\t1000\t1000\t1000", FactState.NotLearned)]
    [InlineData("user = \"nobody-knows\"", "0\t0\t0\t0", FactState.Known)]
    [InlineData("user = \"\"", "1000\t1000\t1000\t1000", FactState.Absent)]
    [InlineData("", "", FactState.NotLearned)]
    public void Own_ConfAndPasswd_RootConfiguredAndDistributions(string conf, string users, FactState expected) =>
        Assert.Equal(expected, Owners(Fact.Known(conf)).Own($"Name:\tq\nUid:\t{users}\nGid:\t0\n").State);

    [Fact]
    public void Own_FilesThatCannotBeRead_OnlyRootIsKnown()
    {
        var owners = Owners(Fact.NotLearned<string>("denied"));

        Assert.Equal(FactState.Known, owners.Own("Uid:\t0\t0\t0\t0\n").State);
        Assert.Equal("denied", owners.Own("Uid:\t1000\t1000\t1000\t1000\n").Why);
        Assert.Equal(FactState.Absent, Owners(Fact.Absent<string>()).Own("Uid:\t1000\t1000\t1000\t1000\n").State);
    }

    [Theory]
    [InlineData(5000, 5000, FactState.Known)]
    [InlineData(5000, 1000, FactState.Absent)]
    [InlineData(0, 1000, FactState.NotLearned)] // libvirt has not been started since
    public void Own_UserOfANameService_IsWhomLibvirtGaveItsDirectory(uint owner, uint user, FactState expected)
    {
        var owners = new QemuOwners(Fact.Known("user = \"nobody-knows\""), Fact.Known(Passwd), Fact.Known(owner));

        Assert.Equal(expected, owners.Own($"Uid:\t{user}\t{user}\t{user}\t{user}\n").State);
    }

    private static QemuOwners Owners(Fact<string> conf) => new(conf, Fact.Known(Passwd), Fact.Absent<uint>());
}

public sealed class QemuCgroupTests
{
    [Theory]
    [InlineData(@"0::/machine.slice/machine-qemu\x2d1\x2dvm1.scope/libvirt/emulator")]
    [InlineData(@"0::/machine.slice/machine-production.slice/machine-qemu\x2d1\x2dvm1.scope")]
    [InlineData(@"4:memory:/machine.slice/machine-qemu\x2d1\x2dvm1.scope")]
    [InlineData("4:memory:/machine/qemu-1-vm1.libvirt-qemu/emulator")]
    [InlineData("4:memory:/guests.partition/production.partition/qemu-1-vm1.libvirt-qemu")]
    public void IsLibvirts_GroupThatLibvirtMakes_Is(string line) => Assert.True(QemuCgroup.IsLibvirts($"1:name=systemd:/\n{line}\n"));

    [Theory]
    [InlineData(@"0::/user.slice/user-1000.slice/user@1000.service/machine.slice/machine-qemu\x2d1\x2dvm1.scope")]
    [InlineData(@"0::/user.slice/machine-qemu\x2d1\x2dvm1.scope")]
    [InlineData(@"0::/../machine.slice/machine-qemu\x2d1\x2dvm1.scope")]
    [InlineData(@"0::/machine.slice/other.slice/machine-qemu\x2d1\x2dvm1.scope")]
    [InlineData(@"0::/machine-qemu\x2d1\x2dvm1.scope")]
    [InlineData(@"0::/machine.slice/machine-qemu.scope")]
    [InlineData(@"0::/machine.slice/docker-1.scope/machine-qemu\x2d1\x2dvm1.scope")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/machine/qemu-1-vm1.libvirt-qemu")]
    [InlineData("0::/qemu-1-vm1.libvirt-qemu")]
    [InlineData("0::/")]
    [InlineData("")]
    public void IsLibvirts_LookAlike_IsNot(string line) => Assert.False(QemuCgroup.IsLibvirts(line + "\n"));
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
