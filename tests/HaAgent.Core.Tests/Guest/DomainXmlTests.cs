using System.Text;
using HaAgent.Core.Guest;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

public sealed class DomainXmlTests
{
    private const string Uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";

    private const string Whole = $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- <name>not-this</name> -->
        <domain type='kvm'>
          <metadata>
            <app:info xmlns:app="urn:app"><name>nor-this</name><uuid>11111111-1111-1111-1111-111111111111</uuid></app:info>
          </metadata>
          <name>db &amp; web</name>
          <uuid>{Uuid}</uuid>
          <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><nvram>/var/lib/libvirt/qemu/nvram/db.fd</nvram></os>
          <cpu mode='custom' match='exact'><model>Nehalem</model></cpu>
          <devices>
            <emulator>/usr/bin/qemu-system-x86_64</emulator>
            <disk type='block' device='disk'><source dev='/dev/disk/by-id/a'/><target dev='vda'/></disk>
            <disk type='file' device='disk'><source file='/mnt/shared/b.qcow2'/><target dev='vdb'/><shareable/></disk>
            <disk type='file' device='disk'><source file='/mnt/shared/c.raw'/><target dev='vdc'/><readonly/></disk>
            <disk type='file' device='cdrom'><source file='/mnt/shared/d.iso'/><target dev='sda'/></disk>
            <disk type='file' device='cdrom'><target dev='sdb'/></disk>
            <disk type='network' device='disk'><source protocol='rbd' name='pool/e'/><target dev='vde'/></disk>
            <disk type='volume' device='disk'><source pool='pool1' volume='f.raw'/><target dev='vdf'/></disk>
            <interface type='network'><source network='default'/></interface>
            <interface type='bridge'><source bridge='br0'/></interface>
            <hostdev mode='subsystem' type='pci'/>
            <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
          </devices>
        </domain>
        """;

    [Fact]
    public void Parse_WholeDomain_ReadsWhatStandsAtItsPlace()
    {
        DomainXml domain = Parse(Whole);

        Assert.Equal(new GuestIdentity("db & web", Uuid), domain.Identity);
        Assert.Equal("kvm", domain.Type);
        Assert.Equal("/usr/bin/qemu-system-x86_64", domain.Emulator);
        Assert.Equal("x86_64", domain.Architecture);
        Assert.Equal("pc-q35-7.2", domain.Machine);
        Assert.Equal("/var/lib/libvirt/qemu/nvram/db.fd", domain.Nvram);
        Assert.Equal("custom", domain.CpuMode);
        Assert.Contains("<model>Nehalem</model>", domain.Cpu, StringComparison.Ordinal);
        Assert.Equal(["default"], domain.Networks);
        Assert.Equal(["pool1"], domain.Pools);
        Assert.Equal(["pci"], domain.HostDevices);
        Assert.True(domain.HasGuestAgentChannel);
    }

    [Fact]
    public void Disks_OfEveryKind_LockableAreThoseThatLockdLocks()
    {
        DomainXml domain = Parse(Whole);

        Assert.Equal(["vda", "vdb", "vdc", "sda", "sdb", "vde", "vdf"], domain.Disks.Select(d => d.Target));
        Assert.Equal(["vda", "vdb"], domain.Disks.Where(d => d.IsLockable).Select(d => d.Target));
        Assert.Equal("/dev/disk/by-id/a", domain.Disks[0].Source);
        Assert.Equal(("pool1", "f.raw"), (domain.Disks[6].Pool, domain.Disks[6].Volume));
    }

    [Theory]
    [InlineData("<domain><name>vm1</name></domain>")]
    [InlineData("\uFEFF<domain><name>vm1</name></domain>")]
    [InlineData("<domain>\r\n  <name>vm1</name>\r\n</domain>\r\n")]
    [InlineData("<domain><metadata><name>x</name></metadata><name>vm1</name><name>y</name></domain>")]
    [InlineData("<domain><!-- <name>x</name> --><name>vm1</name><devices/></domain>")]
    public void Parse_AnyLayout_FindsTheName(string xml) => Assert.Equal("vm1", Parse(xml).Identity.Name);

    [Theory]
    [InlineData("my vm")]
    [InlineData("vm.1-x")]
    [InlineData("it's \"$HOME\"")]
    [InlineData("Größe-虚拟")]
    public void Parse_UnusualName_IsKeptAsItIs(string name) =>
        Assert.Equal(name, Parse($"<domain><name>{System.Security.SecurityElement.Escape(name)}</name></domain>").Identity.Name);

    [Fact]
    public void Parse_Latin1Document_IsDecodedAsDeclared()
    {
        byte[] bytes = Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='ISO-8859-1'?><domain><name>Größe</name></domain>");

        Assert.Equal("Größe", DomainXml.Parse(bytes, out _)!.Identity.Name);
        Assert.Equal("<domain><name>Größe</name></domain>", DomainText.Decode(bytes));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" \n\t", "is empty")]
    [InlineData("\0\0\0\0", "is empty")]
    [InlineData("\u0001\u0002ELF", "is not well-formed XML")]
    [InlineData("<domain><name>vm1</name>", "is not well-formed XML")]
    [InlineData("<domain><name>vm1</domain>", "is not well-formed XML")]
    [InlineData("<network><name>vm1</name></network>", "its root element is <network>")]
    [InlineData("<domain><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid></domain>", "names no domain")]
    [InlineData("<domain><name>  </name></domain>", "names no domain")]
    [InlineData("<domain><name>a/b</name></domain>", "slash")]
    [InlineData("<domain><name>vm1</name><uuid>4dea22b3</uuid></domain>", "is not a UUID")]
    [InlineData("<!DOCTYPE domain [<!ENTITY a 'x'>]><domain><name>&a;</name></domain>", "document type")]
    [InlineData("<!DOCTYPE domain SYSTEM 'file:///etc/passwd'><domain><name>vm1</name></domain>", "document type")]
    public void Parse_BadDocument_SaysWhatIsWrong(string xml, string problem)
    {
        DomainXml? domain = DomainXml.Parse(Encoding.UTF8.GetBytes(xml), out string said);

        Assert.Null(domain);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_HugeDocument_IsRefusedUnread()
    {
        byte[] bytes = new byte[DomainXml.MaximumBytes + 1];
        bytes.AsSpan().Fill((byte)' ');

        Assert.Null(DomainXml.Parse(bytes, out string problem));
        Assert.Contains("4194305 bytes", problem, StringComparison.Ordinal);
    }

    private static DomainXml Parse(string xml)
    {
        DomainXml? domain = DomainXml.Parse(Encoding.UTF8.GetBytes(xml), out string problem);
        Assert.Equal("", problem);
        return domain!;
    }
}

public sealed class GuestIdentityTests
{
    [Theory]
    [InlineData("4DEA22B3-1d52-d8f3-2516-782e98ab3fa0")]
    [InlineData(" 4dea22b31d52d8f32516782e98ab3fa0\n")]
    public void NormaliseUuid_AnySpellingOfLibvirt_IsOne(string text) =>
        Assert.Equal("4dea22b3-1d52-d8f3-2516-782e98ab3fa0", GuestIdentity.NormaliseUuid(text));

    [Theory]
    [InlineData("")]
    [InlineData("4dea22b3-1d52-d8f3-2516-782e98ab3fa")]
    [InlineData("4dea22b3-1d52-d8f3-2516-782e98ab3fa00")]
    [InlineData("xdea22b3-1d52-d8f3-2516-782e98ab3fa0")]
    public void NormaliseUuid_AnythingElse_IsNone(string text) => Assert.Null(GuestIdentity.NormaliseUuid(text));
}
