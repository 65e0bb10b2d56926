using HaAgent.Cluster.Facts;
using Xunit;

namespace HaAgent.Cluster.Tests.Facts;

public sealed class DeviceNameTests
{
    [Theory]
    [InlineData("/dev/sdb", true)]
    [InlineData("/dev/sdaa1", true)]
    [InlineData("/dev/vdb", true)]
    [InlineData("/dev/xvdc", true)]
    [InlineData("/dev/nvme0n1p2", true)]
    [InlineData("/dev/dm-3", true)]
    [InlineData("/dev/disk/by-diskseq/4", true)]
    [InlineData("/dev/disk/by-diskseq/4-part1", true)]
    [InlineData("/dev/disk/by-loop-inode/8:1-77", true)]
    [InlineData("/dev/disk/by-loop-ref/disk.img", true)]
    [InlineData("/dev/disk/by-id/wwn-1", false)]
    [InlineData("/dev/disk/by-path/pci-0000:00:1f.2-ata-1", false)]
    [InlineData("/dev/disk/by-partuuid/1", false)]
    [InlineData("/dev/mapper/shared", false)]
    [InlineData("/dev/sdata/volume", false)]
    [InlineData("/dev/drbd0", false)]
    public void IsUnstable_Name_WhenItIsGivenOutAnewAtEachBoot(string path, bool unstable) =>
        Assert.Equal(unstable, DeviceName.IsUnstable(path));

    [Theory]
    [InlineData("by-diskseq/4 by-id/scsi-1 by-path/pci-1 by-id/wwn-1", "by-id/wwn-1")]
    [InlineData("by-diskseq/4 by-path/pci-1 by-id/scsi-1", "by-id/scsi-1")]
    [InlineData("by-path/pci-1 by-partuuid/7 by-uuid/1", "by-partuuid/7")]
    [InlineData("by-diskseq/4 by-path/pci-1", "by-path/pci-1")]
    [InlineData("by-diskseq/4", null)]
    [InlineData("by-uuid/1 by-label/virt-lock by-loop-ref/x", null)]
    [InlineData("", null)]
    public void Preferred_Names_IsOneThatHoldsOverBootsAndFormatting(string names, string? expected) =>
        Assert.Equal(expected is null ? null : $"/dev/disk/{expected}", DeviceName.Preferred(names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => $"/dev/disk/{name}")));
}
