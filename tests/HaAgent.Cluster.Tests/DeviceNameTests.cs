using HaAgent.Cluster.Facts;
using Xunit;

namespace HaAgent.Cluster.Tests;

public sealed class DeviceNameTests
{
    [Theory]
    [InlineData("/dev/sdb", true)]
    [InlineData("/dev/sdaa1", true)]
    [InlineData("/dev/vdb", true)]
    [InlineData("/dev/xvdc", true)]
    [InlineData("/dev/nvme0n1p2", true)]
    [InlineData("/dev/dm-3", true)]
    [InlineData("/dev/disk/by-id/wwn-1", false)]
    [InlineData("/dev/mapper/shared", false)]
    [InlineData("/dev/sdata/volume", false)]
    [InlineData("/dev/drbd0", false)]
    public void IsUnstable_Name_WhenTheKernelGivesItOutInTheOrderOfDiscovery(string path, bool unstable) =>
        Assert.Equal(unstable, DeviceName.IsUnstable(path));
}
