using System.Text.RegularExpressions;
using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>
/// The guide's 18.3 with the real mkfs.ocfs2 on a shared device, up to the configuration of the cluster: this machine's kernel cannot mount OCFS2.
/// </summary>
public sealed partial class SharedDeviceTests(BareCluster cluster) : IClassFixture<BareCluster>
{
    [Fact]
    public void Setup_EmptySharedDevice_MakesAVolumeForThisClusterAndConfiguresTheGuidesResources()
    {
        string device = cluster.Lab.Run("lun", "volume", "256M");

        Finished setup = cluster.Haagent("setup", "--device", device, "--no-packages", "--yes");

        // The volume cannot come up here: said with its reason, not waited for in vain, and nothing after it was done.
        Assert.Equal(5, setup.ExitCode);
        Assert.Matches("does not run on alice, bob.*start failed on", setup.Error);
        Assert.DoesNotContain("set lock_manager = \"lockd\" in /etc/libvirt/qemu.conf on alice\n[", setup.Output, StringComparison.Ordinal);
        string superblock = cluster.Script(BareCluster.Bob, $"debugfs.ocfs2 -R stats {device}");
        Assert.Contains("Cluster stack: pcmk", superblock, StringComparison.Ordinal);
        Assert.Contains("Cluster name: hacluster", superblock, StringComparison.Ordinal);
        Assert.Contains("Max Node Slots: 4", superblock, StringComparison.Ordinal);
        string configuration = cluster.Configuration();
        Assert.Contains($"primitive dlm ocf:pacemaker:controld \\\n\top start timeout=90 interval=0 \\\n\top stop timeout=100 interval=0 \\\n\top monitor interval=60 timeout=60\n", configuration, StringComparison.Ordinal);
        Assert.Contains($"primitive ocfs2 Filesystem \\\n\tparams device=\"{device}\" directory=\"/mnt/shared\" fstype=ocfs2 \\\n\top start timeout=60 interval=0 \\\n\top stop timeout=60 interval=0 \\\n\top monitor interval=20 timeout=40\n", configuration, StringComparison.Ordinal);
        Assert.Contains("group g-virt-lock dlm ocfs2\n", configuration, StringComparison.Ordinal);
        Assert.Contains("clone cl-virt-lock g-virt-lock \\\n\tmeta interleave=true\n", configuration, StringComparison.Ordinal);

        // The same command again resumes: it does not format again, not even when it is told to force it.
        string volume = Uuid().Match(superblock).Value;
        cluster.Script(BareCluster.Alice, "crm_resource --cleanup");
        Finished again = cluster.Haagent("setup", "--device", device, "--force-format", device, "--no-packages", "--dry-run");
        Assert.Equal(0, again.ExitCode);
        Assert.DoesNotContain("mkfs", again.Output, StringComparison.Ordinal);
        Assert.Contains("is not formatted again", again.Output, StringComparison.Ordinal);
        Assert.Equal(volume, Uuid().Match(cluster.Script(BareCluster.Bob, $"debugfs.ocfs2 -R stats {device}")).Value);
        Assert.NotEmpty(volume);

        // Another device under the same names is refused.
        string other = cluster.Lab.Run("lun", "other", "256M");
        Finished differs = cluster.Haagent("setup", "--device", other, "--no-packages", "--yes");
        Assert.Equal(3, differs.ExitCode);
        Assert.Contains($"ocfs2 in the cluster's configuration has device={device}, not {other}", differs.Output, StringComparison.Ordinal);

        cluster.Done("teardown", "--yes");
        Assert.DoesNotContain("virt-lock", cluster.Configuration(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("filesystem", "mkfs.ext4 -q {0}", "ext4")]
    [InlineData("partitions", "printf '\\000\\000\\001\\000\\203\\376\\377\\377\\077\\000\\000\\000\\101\\000\\000\\000' | dd of={0} bs=1 seek=446 conv=notrunc status=none; printf '\\125\\252' | dd of={0} bs=1 seek=510 conv=notrunc status=none", "dos")]
    [InlineData("foreign", "mkfs.ocfs2 -q -x -N 2 --cluster-stack=pcmk --cluster-name=elsewhere {0} < /dev/null", "ocfs2 made for cluster stack pcmk, cluster elsewhere, not for hacluster")]
    [InlineData("raw", "for at in 1 20 33 50; do dd if=/dev/urandom of={0} bs=1M count=1 seek=$at conv=notrunc status=none; done", "data of no kind that wipefs knows")]
    public void Setup_DeviceThatHoldsSomething_IsRefusedAndLeftAlone(string name, string make, string found)
    {
        string device = cluster.Lab.Run("lun", name, "64M");
        cluster.Script(BareCluster.Alice, string.Format(null, make, device));
        string before = cluster.Script(BareCluster.Alice, $"sha256sum < {device}");

        Finished refused = cluster.Haagent("setup", "--device", device, "--no-packages", "--yes");

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(found, refused.Output, StringComparison.Ordinal);
        Assert.Contains($"add --force-format {device}", refused.Output, StringComparison.Ordinal);
        Assert.Equal(before, cluster.Script(BareCluster.Alice, $"sha256sum < {device}"));
        Assert.DoesNotContain("virt-lock", cluster.Configuration(), StringComparison.Ordinal);

        Finished forced = cluster.Haagent("setup", "--device", device, "--force-format", device, "--no-packages", "--dry-run");
        Assert.Equal(0, forced.ExitCode);
        Assert.Contains($"1. see that {device} is still unused on bob", forced.Output, StringComparison.Ordinal);
        Assert.Contains("2. DESTROY the ", forced.Output, StringComparison.Ordinal);
        Assert.Equal(before, cluster.Script(BareCluster.Alice, $"sha256sum < {device}"));
    }

    [Fact]
    public void Setup_DeviceThatAProgramOfAnotherNodeHasOpen_IsRefused()
    {
        string device = cluster.Lab.Run("lun", "open", "64M");
        string pid = cluster.Script(BareCluster.Bob, $"exec 9< {device}; sleep 600 > /dev/null 2>&1 & echo $!").Trim();
        try
        {
            Refused(3, $"{device} is in use on bob by sleep (pid {pid})", "--device", device, "--force-format", device);
        }
        finally
        {
            cluster.Script(BareCluster.Bob, $"kill {pid}");
        }
    }

    [Fact]
    public void Setup_WrongDevice_IsRefusedWithTheReason()
    {
        cluster.Script(BareCluster.Alice, "truncate -s 1M /root/file");
        Refused(2, "a device's name begins with /dev/", "--device", "/root/file");
        Refused(2, "does not name the device again", "--device", "/dev/disk/by-id/a", "--force-format", "/dev/disk/by-id/b");
        Refused(3, "/dev/null is not a block device on alice", "--device", "/dev/null");
        Refused(3, "/dev/disk/by-id/nothing is not a block device on bob", "--device", "/dev/disk/by-id/nothing");
        Refused(3, "lacks mkfs.gfs2", "--device", cluster.Lab.Run("lun", "gfs2"), "--fs", "gfs2");

        // A name that the kernel gave out in the order of discovery, of a disk that has a lasting one too.
        string stable = cluster.Lab.Run("lun", "stable");
        foreach (string node in new[] { BareCluster.Alice, BareCluster.Bob })
            cluster.Script(node, $"mv $(readlink -f {stable}) /dev/sdy && ln -sfn ../../sdy {stable}");
        Refused(3, $"/dev/sdy is not a stable name: it may be another device on another node or after the next boot.\n  What to do: use --device {stable}.", "--device", "/dev/sdy");

        string sbd = cluster.Lab.Run("lun", "sbd");
        cluster.Script(BareCluster.Bob, $"[ ! -e /etc/default/sbd ] && echo 'SBD_DEVICE=\"{sbd}\"' > /etc/default/sbd");
        Refused(3, $"{sbd} is the SBD device on bob", "--device", sbd);
        cluster.Script(BareCluster.Bob, "rm /etc/default/sbd");

        string device = cluster.Lab.Run("lun", "lonely");
        cluster.Script(BareCluster.Bob, $"rm {device}");
        Refused(3, $"{device} is not a block device on bob", "--device", device);
    }

    private void Refused(int code, string reason, params string[] words)
    {
        Finished refused = cluster.Haagent(["setup", "--no-packages", "--yes", .. words]);
        Assert.Equal(code, refused.ExitCode);
        Assert.Contains(reason, refused.Output + refused.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex("(?<=UUID: )[0-9A-F]+")]
    private static partial Regex Uuid();
}
