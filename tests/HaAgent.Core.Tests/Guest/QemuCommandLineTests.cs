using System.Text;
using HaAgent.Core.Guest;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

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
