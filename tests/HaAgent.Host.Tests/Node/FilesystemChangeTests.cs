using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>What the last look before mkfs did not learn permits nothing.</summary>
public sealed class FilesystemChangeTests
{
    private static readonly MakeFilesystem OnEmpty = new("/dev/sdc", 4096, true, [], ClusterFilesystem.Ocfs2, "hacluster", 4, "virt-lock");

    [Fact]
    public void Compare_AsPlannedFor_Permits()
    {
        FilesystemChange.Compare(OnEmpty, 4096, true, []);
        FilesystemChange.Compare(OnEmpty with { Blank = false, Force = true }, 4096, false, []);
        FilesystemChange.Compare(OnEmpty with { Blank = false, Signatures = ["ext4", "dos"], Force = true }, 4096, false, ["dos", "ext4"]);
    }

    [Fact]
    public void Compare_OtherSize_Refuses() => Assert.Throws<IOException>(() => FilesystemChange.Compare(OnEmpty, 8192, true, []));

    [Fact]
    public void Compare_SomethingNew_RefusesEvenByForce()
    {
        Assert.Throws<IOException>(() => FilesystemChange.Compare(OnEmpty with { Blank = false, Signatures = ["ext4"], Force = true }, 4096, false, ["ext4", "LVM2_member"]));
        Assert.Throws<IOException>(() => FilesystemChange.Compare(OnEmpty with { Force = true }, 4096, false, []));
    }

    [Fact]
    public void Compare_SomethingPlannedForWithoutForce_Refuses() =>
        Assert.Throws<IOException>(() => FilesystemChange.Compare(OnEmpty with { Blank = false, Signatures = ["ext4"] }, 4096, false, ["ext4"]));

    [Fact]
    public void Compare_DataWithoutASignatureAndWithoutForce_Refuses()
    {
        Assert.Throws<IOException>(() => FilesystemChange.Compare(OnEmpty, 4096, false, []));
        Assert.Throws<IOException>(() => FilesystemChange.Compare(OnEmpty with { Blank = false }, 4096, false, []));
    }

    public static TheoryData<NodeChange> OnNoBlockDevice =>
        [OnEmpty with { Device = "/dev/null", Size = 0 }, new SeeDevice(OnEmpty with { Device = "/dev/null", Size = 0 })];

    /// <summary>The node that makes it looks before, and so does each of the others.</summary>
    [Theory]
    [MemberData(nameof(OnNoBlockDevice))]
    public void Make_NoBlockDevice_IsRefused(NodeChange change)
    {
        string file = Path.GetTempFileName();
        try
        {
            NodeReply reply = NodeChanges.Make(change, Deadline.In(TimeSpan.FromSeconds(10)), file + ".lock");

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
