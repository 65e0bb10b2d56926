using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Host.Tests;

/// <summary>A file of libvirt's that cannot be read does not say that there is no lock manager.</summary>
public sealed class LockspaceProbeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-conf-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ReadSetup_NoFiles_NoLockManager() => Assert.Equal(LockSetup.None, LockspaceProbe.ReadSetup(_folder + "/a", _folder + "/b").Value);

    [Fact]
    public void ReadSetup_Files_AreRead()
    {
        File.WriteAllText(_folder + "/a", "lock_manager = \"lockd\"\n");
        File.WriteAllText(_folder + "/b", "file_lockspace_dir = \"/mnt/shared/lockd\"\n");

        Assert.Equal("/mnt/shared/lockd", LockspaceProbe.ReadSetup(_folder + "/a", _folder + "/b").Value!.FileLockspaceDir);
    }

    [Theory]
    [InlineData("/sys/class/net/lo/speed")] // a read there fails, as on a broken disk
    [InlineData("/proc")]
    [InlineData("/dev/zero")]
    public void ReadSetup_WhatCannotBeRead_IsNotLearned(string path)
    {
        Fact<LockSetup> setup = LockspaceProbe.ReadSetup(path, _folder + "/b");

        Assert.Contains(path, setup.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_MarkBesideOrInTheDirectory_IsMarked()
    {
        string lockd = Directory.CreateDirectory(_folder + "/volume/lockd").FullName;
        Assert.False(LockspaceProbe.Look(lockd).IsMarked);

        File.WriteAllText(_folder + "/volume/" + Filesystems.SharedMark, "mark\n");
        Assert.True(LockspaceProbe.Look(lockd).IsMarked);
        Assert.True(LockspaceProbe.Look(_folder + "/volume").IsMarked);
        Assert.False(LockspaceProbe.Look(_folder).IsMarked);
    }

    [Fact]
    public void ReadSetup_TooLarge_IsNotLearned()
    {
        using (FileStream file = File.Create(_folder + "/a"))
            file.SetLength(100 * 1024 * 1024);

        Assert.Contains("more than is read", LockspaceProbe.ReadSetup(_folder + "/a", _folder + "/b").Why, StringComparison.Ordinal);
    }
}
