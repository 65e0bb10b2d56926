using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

/// <summary>What follows of another node's answer about its locks: only what was read refuses a migration.</summary>
public sealed class PeerLockingTests
{
    private const string Lockd = "lock_manager = \"lockd\"\n";
    private const string Lockspace = "file_lockspace_dir = \"/mnt/shared/lockd\"\n";
    private const string Mark = "# haagent: the end of qemu.conf\n";

    [Fact]
    public void Read_Both_IsKnown() =>
        Assert.Equal(new LockSetup("lockd", "/mnt/shared/lockd", true, false), PeerLocking.Read(Lockd + Mark + Lockspace, isWhole: true).Value);

    [Fact]
    public void Read_NoLockManager_IsKnownWithoutTheOtherFile() => Assert.Equal(LockSetup.None, PeerLocking.Read("#x\n" + Mark, isWhole: false).Value);

    [Theory]
    [InlineData("")]
    [InlineData("cat: /etc/libvirt/qemu.conf: Permission denied\n")]
    [InlineData(Lockd)]
    [InlineData(Lockd + Mark)]
    [InlineData(Lockd + Mark + "auto_disk_leases = 1\n")]
    public void Read_Half_IsNotLearned(string output) => Assert.Equal(FactState.NotLearned, PeerLocking.Read(output, isWhole: false).State);

    [Fact]
    public void Read_KeyOfOneFileInTheOther_CountsNot() =>
        Assert.Null(PeerLocking.Read("file_lockspace_dir = \"/wrong\"\n" + Lockd + Mark + "lock_manager = \"nop\"\n", isWhole: true).Value!.FileLockspaceDir);
}
