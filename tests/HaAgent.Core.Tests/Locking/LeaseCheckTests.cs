using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

public sealed class LeaseCheckTests
{
    private static readonly LockSetup Lockd = new("lockd", "/mnt/shared/lockd", true, false);
    private static readonly Disk Block = new("block", "disk", "vda", "/dev/disk/by-id/a", false, false);
    private static readonly string BlockLease = "/mnt/shared/lockd/" + LeaseName.Of("/dev/disk/by-id/a");

    [Fact]
    public void LeaseFile_PerDiskAndSetup_IsTheFileThatLockdLocks()
    {
        Assert.Equal(BlockLease, LeaseCheck.LeaseFile(Block, Lockd));
        Assert.Equal("/dev/disk/by-id/a", LeaseCheck.LeaseFile(Block, Lockd with { FileLockspaceDir = null }));
        Assert.Null(LeaseCheck.LeaseFile(Block with { ReadOnly = true }, Lockd));
        Assert.Null(LeaseCheck.LeaseFile(Block, Lockd with { AutoDiskLeases = false }));
        Assert.Null(LeaseCheck.LeaseFile(Block, LockSetup.None));
        Assert.Null(LeaseCheck.LeaseFile(Block, Lockd with { HasOtherLockspaces = true }));
    }

    [Theory]
    [InlineData(LeaseHolder.ThisNode, FailureKind.None)]
    [InlineData(LeaseHolder.CannotTell, FailureKind.None)]
    [InlineData(LeaseHolder.Nobody, FailureKind.LeaseLost)]
    [InlineData(LeaseHolder.Elsewhere, FailureKind.LeaseLost)]
    [InlineData(LeaseHolder.OtherProcess, FailureKind.LeaseLost)]
    public void Judge_Holder_OnlyProofOfLossIsLoss(LeaseHolder holder, FailureKind expected)
    {
        OperationResult result = LeaseCheck.Judge("vm1", [Block], Lockd, _ => new LeaseState(holder, "4711"));

        Assert.Equal(expected, result.Kind);
        Assert.False(result.Lasts);
        if (expected == FailureKind.LeaseLost)
        {
            Assert.Contains(BlockLease, result.Message, StringComparison.Ordinal);
            Assert.Contains("/dev/disk/by-id/a", result.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(LeaseHolder.ThisNode, FailureKind.None, false)]
    [InlineData(LeaseHolder.Elsewhere, FailureKind.None, true)]
    [InlineData(LeaseHolder.OtherProcess, FailureKind.None, true)]
    [InlineData(LeaseHolder.Nobody, FailureKind.LeaseLost, true)]
    public void Judge_ShareableDisk_AnotherHolderIsNoLoss(LeaseHolder holder, FailureKind expected, bool says)
    {
        OperationResult result = LeaseCheck.Judge("vm1", [Block with { Shareable = true }], Lockd, _ => new LeaseState(holder, "4711"));

        Assert.Equal(expected, result.Kind);
        Assert.Equal(says, result.Message is not null);
    }

    [Fact]
    public void Judge_LeaseThatIsNamedAfterTheDevicesIdentity_CannotTell()
    {
        LockSetup setup = Lockd with { HasOtherLockspaces = true };

        OperationResult result = LeaseCheck.Judge("vm1", [Block], setup, _ => throw new InvalidOperationException());

        Assert.True(result.Succeeded);
        Assert.Contains(Block.Source!, result.Message, StringComparison.Ordinal);
        Assert.True(result.Lasts);
        Assert.Null(LeaseCheck.Judge("vm1", [Block with { ReadOnly = true }], setup, _ => throw new InvalidOperationException()).Message);
    }

    [Fact]
    public void Judge_VolumeWhosePathIsNotKnown_CannotTell()
    {
        Disk volume = new("volume", "disk", "vda", null, false, false) { Pool = "guests", Volume = "vm1.raw" };

        OperationResult result = LeaseCheck.Judge("vm1", [volume], Lockd, _ => throw new InvalidOperationException());

        Assert.True(result.Succeeded);
        Assert.Contains("vm1.raw", result.Message, StringComparison.Ordinal);
        Assert.Null(LeaseCheck.Judge("vm1", [volume with { ReadOnly = true }], Lockd, _ => throw new InvalidOperationException()).Message);
    }

    [Fact]
    public void Judge_SecondDiskLost_IsLoss()
    {
        Disk second = Block with { Source = "/dev/disk/by-id/b" };

        OperationResult result = LeaseCheck.Judge("vm1", [Block, second], Lockd,
            file => new LeaseState(file == BlockLease ? LeaseHolder.ThisNode : LeaseHolder.Nobody, ""));

        Assert.Equal(FailureKind.LeaseLost, result.Kind);
        Assert.Contains("/dev/disk/by-id/b", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LeaseHolder.ThisNode, true)]
    [InlineData(LeaseHolder.CannotTell, true)]
    [InlineData(LeaseHolder.Nobody, false)]
    [InlineData(LeaseHolder.Elsewhere, false)]
    [InlineData(LeaseHolder.OtherProcess, false)]
    public void KeepsOff_Holder_WhatIsSeenNotToBeHeldKeepsNobodyOff(LeaseHolder holder, bool expected) =>
        Assert.Equal(expected, KeepsOff([Block], Lockd, Shared, holder));

    [Fact]
    public void KeepsOff_WhereTheLeaseLies_CountsForTheOtherNodesOnlyWhenTheySeeIt()
    {
        Disk file = new("file", "disk", "vdb", "/mnt/shared/vm1.raw", false, false);
        LockSetup direct = Lockd with { FileLockspaceDir = null };
        Fact<LockspaceFacts> local = Fact.Known(new LockspaceFacts(true, null, false, "ext4"));

        Assert.False(KeepsOff([Block], Lockd, local));
        Assert.False(KeepsOff([Block], Lockd, Fact.Known(new LockspaceFacts(false, "cannot be opened", false, ""))));
        Assert.True(KeepsOff([Block], Lockd, Fact.NotLearned<LockspaceFacts>("it stands still")));
        Assert.True(KeepsOff([file], direct, Shared));
        Assert.False(KeepsOff([file], direct, local));
        Assert.False(KeepsOff([file, Block], direct, Shared));
    }

    [Fact]
    public void KeepsOff_DiskWithoutALeaseOfItsOwn_No()
    {
        Assert.False(KeepsOff([Block with { Shareable = true }], Lockd, Shared));
        Assert.False(KeepsOff([Block, Block with { Type = "network", Source = null, Network = "rbd a" }], Lockd, Shared));
        Assert.False(KeepsOff([Block], LockSetup.None, Shared));
        Assert.True(KeepsOff([Block, Block with { ReadOnly = true }], Lockd, Shared));
    }

    private static readonly Fact<LockspaceFacts> Shared = Fact.Known(new LockspaceFacts(true, null, false, "ocfs2"));

    private static bool KeepsOff(Disk[] disks, LockSetup setup, Fact<LockspaceFacts> lockspace, LeaseHolder holder = LeaseHolder.ThisNode) =>
        LeaseCheck.KeepsOff(disks, setup, _ => lockspace, files => files.ToDictionary(file => file, _ => new LeaseState(holder, "")));
}

public sealed class LeaseNameTests
{
    // printf %s /dev/disk/by-id/a | sha256sum
    [Fact]
    public void Of_Path_IsItsSha256() =>
        Assert.Equal(Sha256SumOfTheTool, LeaseName.Of("/dev/disk/by-id/a"));

    private const string Sha256SumOfTheTool = "e8f349108627ed445c5a7c1fd4db6d04ea1027cd3a5a3c14d21345ee7810cf03";
}

public sealed class KernelLocksTests
{
    private const string Table = """
        1: POSIX  ADVISORY  READ 1234 fd:0a:131114 0 0
        2: POSIX  ADVISORY  READ 77 fd:0a:131114 0 0
        2: -> POSIX  ADVISORY  WRITE 78 fd:0a:131114 0 0
        3: POSIX  ADVISORY  READ 79 fd:0a:131114 100 101
        4: POSIX  ADVISORY  WRITE 80 fd:0a:131115 0 0
        5: FLOCK  ADVISORY  READ 81 fd:0a:131114 0 EOF
        6: OFDLCK ADVISORY  READ -1 fd:0a:131114 0 0
        7: POSIX  ADVISORY  READ 82 00:0a:131114 0 0

        """;

    [Fact]
    public void Readers_OfAFile_AreThoseThatHoldItsFirstByteTogether() => Assert.Equal([1234, 77], KernelLocks.Readers(Table, 0xfd, 0x0a, 131114));

    [Fact]
    public void Readers_NoSuchFileOrNoTable_AreNobody()
    {
        Assert.Empty(KernelLocks.Readers(Table, 0xfd, 0x0a, 13));
        Assert.Empty(KernelLocks.Readers("", 0xfd, 0x0a, 131114));
    }
}
