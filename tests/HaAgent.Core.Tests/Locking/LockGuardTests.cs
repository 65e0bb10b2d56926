using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

public sealed class LockGuardTests
{
    private static readonly LockSetup Lockd = new("lockd", "/mnt/shared/lockd", true, false);
    private static readonly LockspaceFacts Ocfs2 = new(true, null, false, "ocfs2");

    [Theory]
    [InlineData("auto")]
    [InlineData("true")]
    public void Judge_LockspaceOnASharedMount_IsFine(string require) =>
        Assert.Equal(OperationResult.Done, LockGuard.Judge(require, Lockd, _ => Ocfs2));

    [Theory]
    [InlineData("auto")]
    [InlineData("true")]
    public void Judge_ShadowDirectory_IsRefused(string require)
    {
        OperationResult result = LockGuard.Judge(require, Lockd, _ => new LockspaceFacts(true, null, OnRootFilesystem: true, "ext4"));

        Assert.Equal(ExitCode.Installed, result.Code);
        Assert.Contains("/mnt/shared/lockd", result.Message, StringComparison.Ordinal);
        Assert.Contains("root filesystem", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_LockdThatTakesNoLeases_IsNoProtection()
    {
        LockSetup off = Lockd with { AutoDiskLeases = false };

        Assert.Equal(ExitCode.Installed, LockGuard.Judge("true", off, _ => Ocfs2).Code);
        OperationResult auto = LockGuard.Judge("auto", off, _ => Ocfs2);
        Assert.True(auto.Succeeded);
        Assert.Contains("auto_disk_leases", auto.Message, StringComparison.Ordinal);
        Assert.Equal(OperationResult.Done, LockGuard.Judge("false", off, _ => Ocfs2));
    }

    [Fact]
    public void Judge_MissingDirectory_IsRefused()
    {
        OperationResult result = LockGuard.Judge("auto", Lockd, _ => new LockspaceFacts(false, "cannot be opened (No such file or directory)", false, ""));

        Assert.Equal(ExitCode.Installed, result.Code);
        Assert.Contains("No such file or directory", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", "ext4")]
    [InlineData("true", "ext4")]
    [InlineData("auto", "xfs")]
    [InlineData("auto", "btrfs")]
    [InlineData("auto", "tmpfs")]
    [InlineData("auto", "overlay")]
    [InlineData("auto", "zfs")]
    [InlineData("auto", "iso9660")]
    [InlineData("auto", "vfat")]
    public void Judge_LocalFilesystemOnAMountOfItsOwn_IsRefused(string require, string type)
    {
        OperationResult result = LockGuard.Judge(require, Lockd, _ => new LockspaceFacts(true, null, OnRootFilesystem: false, type));

        Assert.Equal(ExitCode.Installed, result.Code);
        Assert.Contains(type, result.Message, StringComparison.Ordinal);
        Assert.Contains("/mnt/shared/lockd", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_LocalFilesystemThatSetupProvedToBeOneOnAllNodes_IsFine() =>
        Assert.Equal(OperationResult.Done, LockGuard.Judge("true", Lockd, _ => new LockspaceFacts(true, null, false, "tmpfs") { IsMarked = true }));

    [Theory]
    [InlineData(true, false, "ocfs2", false, true)]
    [InlineData(true, false, "ext4", true, true)]
    [InlineData(true, false, "ext4", false, false)]
    [InlineData(true, false, "fuse.something", false, false)]
    [InlineData(true, false, "an unknown filesystem", false, false)]
    [InlineData(true, true, "nfs4", true, false)]
    [InlineData(false, false, "", false, false)]
    public void IsKnownShared_OfWhatIsSeen_NothingKnownIsNotShared(bool exists, bool onRoot, string type, bool isMarked, bool expected) =>
        Assert.Equal(expected, new LockspaceFacts(exists, null, onRoot, type) { IsMarked = isMarked }.IsKnownShared);

    [Fact]
    public void Judge_MarkOnTheRootFilesystem_IsRefused() =>
        Assert.Equal(ExitCode.Installed, LockGuard.Judge("auto", Lockd, _ => new LockspaceFacts(true, null, true, "ext4") { IsMarked = true }).Code);

    [Theory]
    [InlineData("nfs", "rw,vers=3,nolock,addr=10.0.0.1", "nolock")]
    [InlineData("nfs", "rw,vers=3,local_lock=all", "local_lock=all")]
    [InlineData("nfs4", "rw,vers=4.2,local_lock=posix", "local_lock=posix")]
    [InlineData("cifs", "rw,nobrl", "nobrl")]
    [InlineData("gfs2", "rw,lockproto=lock_nolock", "lock_nolock")]
    [InlineData("ocfs2", "rw,heartbeat=none", "heartbeat=none")]
    public void Judge_SharedFilesystemWhoseLocksAreLocal_IsRefusedMarkedOrNot(string type, string options, string named)
    {
        var sight = new LockspaceFacts(true, null, false, type) { Options = options, IsMarked = true };

        OperationResult result = LockGuard.Judge("auto", Lockd, _ => sight);

        Assert.Equal(ExitCode.Installed, result.Code);
        Assert.Contains(named, result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nfs", "rw,vers=3,local_lock=none")]
    [InlineData("nfs4", "rw,vers=4.2,local_lock=none")]
    [InlineData("ocfs2", "rw,heartbeat=none-such")]
    [InlineData("fuse.glusterfs", "rw,allow_other")]
    public void Judge_SharedFilesystem_IsFine(string type, string options) =>
        Assert.Equal(OperationResult.Done, LockGuard.Judge("true", Lockd, _ => new LockspaceFacts(true, null, false, type) { Options = options }));

    [Fact]
    public void Judge_UnknownFilesystem_IsAWarningOnly()
    {
        OperationResult result = LockGuard.Judge("auto", Lockd, _ => new LockspaceFacts(true, null, false, "fuse.ours"));

        Assert.True(result.Succeeded);
        Assert.Contains("fuse.ours", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", true)]
    [InlineData("true", false)]
    [InlineData("false", true)]
    public void Judge_NoLockManager_OnlyTrueRefuses(string require, bool succeeds) =>
        Assert.Equal(succeeds, LockGuard.Judge(require, LockSetup.None, _ => throw new InvalidOperationException()).Succeeded);

    [Theory]
    [InlineData("auto", true, "could not be learned: /etc/libvirt/qemu.conf cannot be read (Input/output error)")]
    [InlineData("true", false, "could not be learned")]
    [InlineData("false", true, null)]
    public void Judge_SettingsNotLearned_WarnsAndOnlyTrueRefuses(string require, bool succeeds, string? says)
    {
        OperationResult result = LockGuard.Judge(
            require, Fact.NotLearned<LockSetup>("/etc/libvirt/qemu.conf cannot be read (Input/output error)"), _ => throw new InvalidOperationException());

        Assert.Equal(succeeds, result.Succeeded);
        Assert.Contains(says ?? "", result.Message ?? "", StringComparison.Ordinal);
        Assert.Equal(says is null, result.Message is null);
    }

    [Fact]
    public void Learn_OneFileNotLearned_IsNotLearnedOnlyWhereItMatters()
    {
        var lockd = Fact.Known("lock_manager = \"lockd\"\n");
        var unknown = Fact.NotLearned<string>("EIO");

        Assert.Equal(FactState.NotLearned, LockSetup.Learn(unknown, Fact.Absent<string>).State);
        Assert.Equal(FactState.NotLearned, LockSetup.Learn(lockd, () => unknown).State);
        Assert.Equal(LockSetup.None, LockSetup.Learn(Fact.Absent<string>(), () => unknown).Value);
        Assert.True(LockSetup.Learn(lockd, Fact.Absent<string>).Value!.IsLockd);
    }

    [Fact]
    public void Judge_RequireLockFalse_LooksAtNothing() =>
        Assert.True(LockGuard.Judge("false", Lockd, _ => throw new InvalidOperationException()).Succeeded);
}
