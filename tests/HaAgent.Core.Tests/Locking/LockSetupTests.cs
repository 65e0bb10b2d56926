using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

public sealed class LockSetupTests
{
    [Theory]
    [InlineData("lock_manager = \"lockd\"\n", "lockd")]
    [InlineData("lock_manager=\"lockd\"", "lockd")]
    [InlineData("  lock_manager  =  'lockd'  \r\n", "lockd")]
    [InlineData("lock_manager = \"lockd\" # since Tuesday\n", "lockd")]
    [InlineData("lock_manager = \"sanlock\"\nlock_manager = \"lockd\"\n", "sanlock")]
    [InlineData("lock_manager = \"\"\"lockd\"\"\"\nx = 1; lock_manager = \"sanlock\"\n", "lockd")]
    [InlineData("x = 1; lock_manager = \"lockd\"\n", "lockd")]
    [InlineData("cgroup_device_acl = [\n  \"lock_manager = 'sanlock'\"\n]\nlock_manager = \"lockd\"\n", "lockd")]
    [InlineData("#lock_manager = \"lockd\"\n", null)]
    [InlineData("# see lock_manager = \"lockd\"\n", null)]
    [InlineData("xlock_manager = \"lockd\"\n", null)]
    [InlineData("lock_manager = \"nop\"\n", null)]
    [InlineData("lock_manager = \"\"\n", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Parse_QemuConf_LockManager(string? conf, string? expected) => Assert.Equal(expected, LockSetup.Parse(conf, null).LockManager);

    [Fact]
    public void Parse_QemuLockdConf_DirectoryAndLeases()
    {
        LockSetup setup = LockSetup.Parse("lock_manager = \"lockd\"", "file_lockspace_dir = \"/mnt/shared/lockd/\"\nauto_disk_leases = 0\n#lvm_lockspace_dir = \"/x\"\n");

        Assert.Equal(new LockSetup("lockd", "/mnt/shared/lockd", AutoDiskLeases: false, HasOtherLockspaces: false), setup);
    }

    [Fact]
    public void Parse_SettingTwice_TheFirstCountsAsForLibvirt()
    {
        LockSetup setup = LockSetup.Parse("lock_manager = \"lockd\"\n", "file_lockspace_dir = \"/first\"\nauto_disk_leases = 1\nfile_lockspace_dir = \"/second\"\nauto_disk_leases = 0\n");

        Assert.Equal(new LockSetup("lockd", "/first", AutoDiskLeases: true, HasOtherLockspaces: false), setup);
    }

    [Fact]
    public void Parse_NoLockdConf_LeasesAreAutomaticAndOnTheDisksThemselves() =>
        Assert.Equal(new LockSetup("lockd", null, AutoDiskLeases: true, HasOtherLockspaces: false), LockSetup.Parse("lock_manager = \"lockd\"", null));
}

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
