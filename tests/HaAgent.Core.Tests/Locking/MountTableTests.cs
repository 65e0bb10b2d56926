using HaAgent.Core.Locking;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

public sealed class MountTableTests
{
    private const string Table = """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        36 22 8:17 /sub /mnt/shared rw shared:2 master:3 - ocfs2 /dev/sdb1 rw,heartbeat=none
        37 22 0:45 / /mnt/with\040space\011tab\012line\134back rw - nfs4 server:/x\040y rw,local_lock=none
        38 22 0:46 / /mnt/shared rw - fuse.sshfs over rw
        broken line
        39 22 0:47 / /half rw - ext4

        """;

    [Fact]
    public void Parse_EscapedPath_IsThePathItself()
    {
        Mount mount = MountTable.Parse(Table).Single(m => m.Id == "37");

        Assert.Equal(new Mount("/mnt/with space\ttab\nline\\back", "nfs4", "server:/x y", "rw,local_lock=none") { Id = "37", Device = "0:45" }, mount);
    }

    [Fact]
    public void Parse_LinesThatAreNone_AreLeftOut() => Assert.Equal(["22", "36", "37", "38"], MountTable.Parse(Table).Select(m => m.Id));

    [Theory]
    [InlineData("/mnt/shared/VM1.xml", "38")]
    [InlineData("/mnt/shared", "38")]
    [InlineData("/mnt/sharedness", "22")]
    [InlineData("/etc/passwd", "22")]
    [InlineData("/mnt/with space\ttab\nline\\back/x", "37")]
    public void Of_Path_TheLastMountThatHoldsIt(string path, string expected) => Assert.Equal(expected, MountTable.Of(MountTable.Parse(Table), path)!.Id);

    [Theory]
    [InlineData("ocfs2", FilesystemKind.Shared)]
    [InlineData("gfs2", FilesystemKind.Shared)]
    [InlineData("nfs4", FilesystemKind.Shared)]
    [InlineData("ext4", FilesystemKind.Local)]
    [InlineData("btrfs", FilesystemKind.Local)]
    [InlineData("tmpfs", FilesystemKind.Local)]
    [InlineData("fuse.sshfs", FilesystemKind.Unknown)]
    [InlineData("", FilesystemKind.Unknown)]
    public void Of_Type_WhatItSays(string type, FilesystemKind expected) => Assert.Equal(expected, Filesystems.KindOf(type));

    [Theory]
    [InlineData("nfs", "rw,nolock,vers=3", "nolock")]
    [InlineData("nfs4", "rw,local_lock=all", "local_lock=all")]
    [InlineData("nfs", "rw,local_lock=posix", "local_lock=posix")]
    [InlineData("nfs4", "rw,local_lock=none", null)]
    [InlineData("gfs2", "rw,localflocks", "localflocks")]
    [InlineData("cifs", "rw,nobrl", "nobrl")]
    [InlineData("ocfs2", "rw,nolock", null)]
    [InlineData("nfs4", "rw", null)]
    [InlineData("ocfs2", "rw,heartbeat=none,nointr,data=ordered,errors=remount-ro,atime_quantum=60,cluster_stack=pcmk,coherency=full,acl", null)]
    [InlineData("ocfs2", "rw,heartbeat=none,nointr", "heartbeat=none")]
    public void LocalLocks_Options_AsTheManualsSay(string type, string options, string? expected) => Assert.Equal(expected, Filesystems.LocalLocks(type, options));
}
