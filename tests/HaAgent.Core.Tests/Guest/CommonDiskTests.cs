using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

public sealed class CommonDiskTests
{
    private static readonly Disk File = new("file", "disk", "vda", "/mnt/shared/vm1.raw", ReadOnly: false, Shareable: false);
    private static readonly Disk Image = new("network", "disk", "vda", null, ReadOnly: false, Shareable: false) { Network = "rbd pool/vm1" };

    [Fact]
    public void Of_OnlyOneThatBothWriteAndNobodyMeantToShare()
    {
        Assert.Equal("/mnt/shared/vm1.raw", Of(File, File with { Target = "sdb" }).Value);
        Assert.Equal(FactState.Absent, Of(File, File with { ReadOnly = true }).State);
        Assert.Equal(FactState.Absent, Of(File with { Shareable = true }, File with { Shareable = true }).State);
        Assert.Equal(FactState.Absent, Of(File, File with { Source = "/mnt/shared/other.raw" }).State);
        Assert.Equal(FactState.Absent, Of(File with { Source = null }, File with { Source = null }).State);
    }

    [Fact]
    public void Of_AnotherNameOfTheSameFile_IsTheSame() => Assert.Equal(FactState.Known, Of(File, File with { Source = "/srv/link-to-vm1.raw" }).State);

    [Fact]
    public void Of_NetworkDisks_ByProtocolAndName()
    {
        Assert.Equal("rbd pool/vm1", Of(Image, Image).Value);
        Assert.Equal(FactState.Absent, Of(Image, Image with { Network = "rbd pool/vm2" }).State);
        Assert.Equal(FactState.Absent, Of(Image, File).State);
    }

    [Fact]
    public void Of_OneThatCannotBeCompared_IsNotNone()
    {
        Assert.Equal("it stands still", Of(File, File with { Source = "/mnt/frozen/vm1.raw" }).Why);
        Assert.Equal(FactState.NotLearned, Of(File with { Type = "volume", Source = null, Pool = "p", Volume = "v" }, File).State);
        Assert.Equal(FactState.NotLearned, Of(File with { Type = "nvme", Source = null }, File with { Type = "nvme", Source = null }).State);
        Assert.Equal(FactState.Known, CommonDisk.Of([File], [File with { Source = "/mnt/frozen/vm1.raw" }, File], Identify).State);
    }

    private static Fact<string> Of(Disk our, Disk their) => CommonDisk.Of([our], [their], Identify);

    [Theory]
    [InlineData("rbd pool/vm1", "block", "/dev/rbd/pool/vm1", FactState.Known)]
    [InlineData("rbd pool/vm1", "block", "/dev/rbd0", FactState.NotLearned)]
    [InlineData("iscsi iqn.2026-11.a:b/1", "block", "/dev/sdb", FactState.NotLearned)]
    [InlineData("nbd vm1", "block", "/dev/nbd0", FactState.NotLearned)]
    [InlineData("nbd vm1", "file", "/mnt/shared/vm1.raw", FactState.Absent)]
    [InlineData("gluster volume/vm1.raw", "file", "/mnt/shared/vm1.raw", FactState.NotLearned)]
    [InlineData("nfs /export/vm1.raw", "file", "/mnt/shared/vm1.raw", FactState.NotLearned)]
    [InlineData("nfs /export/vm1.raw", "block", "/dev/sdb", FactState.Absent)]
    [InlineData("https a/vm1.raw", "block", "/dev/sdb", FactState.Absent)]
    public void Of_NetworkAgainstPath_MayBeMappedOrMounted(string network, string type, string path, FactState state)
    {
        Disk local = File with { Type = type, Source = path };
        Assert.Equal(state, Of(Image with { Network = network }, local).State);
        Assert.Equal(state, Of(local, Image with { Network = network }).State);
    }

    /// <summary>What a process serves may be any file or device; a controller that the guest has is none.</summary>
    [Theory]
    [InlineData("nvme", FactState.Absent)]
    [InlineData("vhostuser", FactState.NotLearned)]
    public void Of_WhatHasNoPath_IsNoneThatHasUnlessItIsServed(string type, FactState expected)
    {
        Assert.Equal(expected, Of(File with { Type = type, Source = null }, File).State);
        Assert.Equal(expected, Of(File, File with { Type = type, Source = null }).State);
    }

    [Theory]
    [InlineData("rbd pool/vm1", "/dev/dm-0 sdb", FactState.Absent)]
    [InlineData("rbd pool/vm1", "/dev/dm-0 rbd1", FactState.NotLearned)]
    [InlineData("nbd vm1", "/dev/rbd0", FactState.Absent)]
    [InlineData("nbd vm1", "/dev/nbd0p1 nbd0", FactState.NotLearned)]
    [InlineData("iscsi iqn.2026-11.a:b/1", "/dev/dm-0 sdb", FactState.NotLearned)]
    [InlineData("iscsi iqn.2026-11.a:b/1", "/dev/nvme0n1", FactState.Absent)]
    public void Of_NetworkAgainstDevice_OnlyWhatItsDriverMaps(string network, string device, FactState state) =>
        Assert.Equal(state, Of(Image with { Network = network }, File with { Type = "block", Source = device }).State);

    [Theory]
    [InlineData("iscsi iqn.x", "iscsi iqn.x/0", FactState.Known)]
    [InlineData("iscsi iqn.x", "iscsi iqn.x/1", FactState.Absent)]
    public void Of_TargetWithoutAUnit_IsItsFirst(string one, string other, FactState state) =>
        Assert.Equal(state, Of(Image with { Network = one }, Image with { Network = other }).State);

    [Fact]
    public void Of_PathOfAMultipathDevice_IsTheSameAndItsNeighbourIsNot()
    {
        Disk multipath = File with { Type = "block", Source = "/dev/mapper/mpathb" };
        Assert.Equal(FactState.Known, Of(multipath, File with { Type = "block", Source = "/dev/sdb" }).State);
        Assert.Equal(FactState.Known, Of(File with { Type = "block", Source = "/dev/sdb" }, multipath).State);
        Assert.Equal(FactState.Absent, Of(File with { Type = "block", Source = "/dev/sdc" }, multipath).State);
    }

    private static Fact<DiskPlace> Identify(string path) =>
        path.StartsWith("/mnt/frozen", StringComparison.Ordinal) ? Fact.NotLearned<DiskPlace>("it stands still")
        : Fact.Known(new DiskPlace(path.Contains("vm1", StringComparison.Ordinal) ? "1" : path, path.EndsWith("mpathb", StringComparison.Ordinal) ? ["/dev/sdb"] : [])
        {
            // "/dev/dm-0 sdb": the device, and what it is made of.
            KernelNames = path.StartsWith("/dev/", StringComparison.Ordinal) && !path.Contains("vm1", StringComparison.Ordinal) ? path["/dev/".Length..].Split(' ') : [],
        });
}
