using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>What the last look before mkfs did not learn permits nothing.</summary>
public sealed class FilesystemChangeTests
{
    private const string Empty = """{ "signatures": [] }""";
    private const string Ext4 = """{ "signatures": [ { "device": "sdc", "offset": "0x438", "type": "ext4", "uuid": "u", "label": null } ] }""";

    private static readonly MakeFilesystem OnEmpty = new("/dev/sdc", 4096, [], ClusterFilesystem.Ocfs2, "hacluster", 4, "virt-lock");

    [Fact]
    public void Signatures_EmptyDevice_AreNone() => Assert.Empty(FilesystemChange.Signatures("/dev/sdc", new CommandResult(0, Empty, "")));

    [Fact]
    public void Signatures_Filesystem_IsSeen() => Assert.Equal(["ext4"], FilesystemChange.Signatures("/dev/sdc", new CommandResult(0, Ext4, "")));

    [Theory]
    [InlineData(1, Empty, false)]
    [InlineData(null, Empty, false)]
    [InlineData(0, Empty, true)]
    [InlineData(0, "", false)]
    [InlineData(0, "{}", false)]
    [InlineData(0, """{ "signatures": null }""", false)]
    [InlineData(0, """{ "signatures": [ {} ] }""", false)]
    [InlineData(0, """{ "signatures": [ { "type": null } ] }""", false)]
    [InlineData(0, """{ "signatures": [""", false)]
    [InlineData(0, "wipefs: unrecognized option", false)]
    public void Signatures_WipefsFailedOrSaidNothingWhole_AreNotLearned(int? status, string said, bool cut) =>
        Assert.Throws<IOException>(() => FilesystemChange.Signatures("/dev/sdc", new CommandResult(status, said, "") { IsCut = cut }));

    [Fact]
    public void Compare_AsPlannedFor_Permits()
    {
        FilesystemChange.Compare(OnEmpty, 4096, []);
        FilesystemChange.Compare(OnEmpty with { Signatures = ["ext4", "dos"], Force = true }, 4096, ["dos", "ext4"]);
    }

    [Fact]
    public void Compare_OtherSize_Refuses() => Assert.Throws<IOException>(() => FilesystemChange.Compare(OnEmpty, 8192, []));

    [Fact]
    public void Compare_SomethingNew_RefusesEvenByForce() =>
        Assert.Throws<IOException>(() => FilesystemChange.Compare(OnEmpty with { Signatures = ["ext4"], Force = true }, 4096, ["ext4", "LVM2_member"]));

    [Fact]
    public void Compare_SomethingPlannedForWithoutForce_Refuses() =>
        Assert.Throws<IOException>(() => FilesystemChange.Compare(OnEmpty with { Signatures = ["ext4"] }, 4096, ["ext4"]));

    [Fact]
    public void Make_NoBlockDevice_IsRefused()
    {
        string file = Path.GetTempFileName();
        try
        {
            NodeReply reply = NodeChanges.Make(OnEmpty with { Device = file, Size = 0 }, Deadline.In(TimeSpan.FromSeconds(10)), file + ".lock");

            Assert.Contains("is not a block device", Assert.IsType<RefusedReply>(reply).Why, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
            File.Delete(file + ".lock");
        }
    }

    [Theory]
    [InlineData("zypper", "kvm;reboot")]
    [InlineData("zypper", "--root=/tmp")]
    [InlineData("apt-get", "")]
    [InlineData("sh", "qemu")]
    public void InstallPackages_WhatIsNoNameOrNoTool_IsNoCommand(string tool, string name) => Assert.Empty(new InstallPackages(tool, [name]).Commands);
}
