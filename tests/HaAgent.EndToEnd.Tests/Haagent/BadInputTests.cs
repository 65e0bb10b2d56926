using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>What goes wrong around haagent: each has its status, its sentence, and leaves things as they were or resumable.</summary>
public sealed class BadInputTests(BareCluster cluster) : IClassFixture<BareCluster>
{
    private static readonly string[] Setup = ["setup", "--existing-mount", BareCluster.Shared, "--yes"];

    [Theory]
    [InlineData("check")]
    [InlineData("setup", "--existing-mount", BareCluster.Shared)]
    [InlineData("add", "VM1")]
    [InlineData("remove", "VM1", "--stop")]
    [InlineData("adopt", "VM1")]
    [InlineData("teardown")]
    public void EveryVerb_OrdinaryUser_IsToldToBeRoot(params string[] words)
    {
        Finished finished = cluster.Lab.Try(["exec", BareCluster.Alice, "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "haagent", .. words]);

        Assert.Equal(3, finished.ExitCode);
        Assert.Contains("you are not root", finished.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no verb")]
    [InlineData("an unknown verb", "sutep")]
    [InlineData("an unknown option", "setup", "--devise", "/dev/x")]
    [InlineData("no storage", "setup", "--yes")]
    [InlineData("two storages", "setup", "--device", "/dev/x", "--existing-mount", "/srv")]
    [InlineData("an odd path", "setup", "--existing-mount", "/srv/it's here")]
    [InlineData("a relative path", "setup", "--existing-mount", "srv")]
    [InlineData("a path upwards", "setup", "--existing-mount", "/srv/../etc")]
    [InlineData("an odd name", "setup", "--existing-mount", "/srv", "--clone", "a b")]
    [InlineData("no guest", "add")]
    [InlineData("neither stopped nor running", "remove", "VM1")]
    [InlineData("both stopped and running", "remove", "VM1", "--stop", "--keep-running")]
    [InlineData("odd utilization", "add", "VM1", "--utilization", "cpu=many")]
    [InlineData("odd priority", "add", "VM1", "--priority", "high")]
    [InlineData("all and one", "add", "VM1", "--all")]
    [InlineData("an option without its value", "setup", "--device")]
    [InlineData("an option without its value", "setup", "--existing-mount")]
    [InlineData("an option without its value", "setup", "--existing-mount", "/srv", "--clone")]
    [InlineData("an option without its value", "add", "VM1", "--utilization")]
    [InlineData("an option without its value", "add", "--guest-node")]
    [InlineData("an option without its value", "verify", "VM1", "--only")]
    [InlineData("a port that is no number", "verify", "VM1", "--port", "ssh")]
    [InlineData("nothing to verify", "verify")]
    [InlineData("an unknown test", "verify", "VM1", "--only", "lock,fire")]
    [InlineData("no node", "evacuate")]
    [InlineData("nothing to explain", "explain")]
    [InlineData("one guest node for two guests", "add", "VM1", "VM2", "--guest-node", "inner")]
    [InlineData("nobody to adopt", "adopt")]
    [InlineData("an odd clone", "teardown", "--clone", "a b")]
    [InlineData("the mount inside of the shared directory", "setup", "--existing-mount", "/srv", "--mount", "/srv/x")]
    [InlineData("an unknown filesystem", "setup", "--device", "/dev/x", "--fs", "xfs")]
    [InlineData("JSON of what is not only shown", "setup", "--existing-mount", "/srv", "--json", "--yes")]
    [InlineData("JSON of what is not only shown", "add", "VM1", "--json", "--yes")]
    [InlineData("JSON of what is not only shown", "remove", "VM1", "--stop", "--json", "--yes")]
    [InlineData("JSON of what is not only shown", "adopt", "VM1", "--json", "--yes")]
    [InlineData("JSON of what is not only shown", "teardown", "--json", "--yes")]
    public void AnyVerb_WrongCommandLine_IsStatus2(string what, params string[] words)
    {
        Finished finished = cluster.Haagent(words);

        Assert.True(finished.ExitCode == 2, $"{what}: exit status {finished.ExitCode}\n{finished.Output}{finished.Error}");
        Assert.NotEmpty(finished.Error);
    }

    [Fact]
    public void Setup_NobodyToAsk_ChangesNothing()
    {
        string before = cluster.State();

        Finished finished = cluster.Haagent("setup", "--existing-mount", BareCluster.Shared);

        Assert.Equal(6, finished.ExitCode);
        Assert.Contains("--yes", finished.Error, StringComparison.Ordinal);
        Assert.Equal(before, cluster.State());
    }

    [Fact]
    public void Setup_NothingMountedThere_IsRefused()
    {
        cluster.Script(BareCluster.Bob, "mkdir -p /srv/local");
        cluster.Script(BareCluster.Alice, "mkdir -p /srv/local");

        Finished finished = cluster.Haagent("setup", "--existing-mount", "/srv/local", "--yes");

        Assert.Equal(3, finished.ExitCode);
        Assert.Contains("/srv/local on bob lies on the node's own root filesystem", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Setup_SameNameButNotTheSameFilesystem_IsFoundOutBeforeAnythingIsConfigured()
    {
        string before = cluster.Configuration();
        foreach (string node in new[] { BareCluster.Alice, BareCluster.Bob })
            cluster.Script(node, "mkdir -p /srv/each && { mountpoint -q /srv/each || mount -t tmpfs each /srv/each; }");
        try
        {
            // The other node is given the time that a network filesystem may take to see it; the refusal after that is at once.
            Assert.True(cluster.KilledAt(["see the same directory on bob"], "setup", "--existing-mount", "/srv/each", "--yes"));
            Finished finished = cluster.Haagent("setup", "--existing-mount", "/srv/each", "--yes");

            Assert.Equal(3, finished.ExitCode);
            Assert.Contains("/srv/each is not the same filesystem on every node", finished.Output, StringComparison.Ordinal);
            Assert.Equal(before, cluster.Configuration());
        }
        finally
        {
            foreach (string node in new[] { BareCluster.Alice, BareCluster.Bob })
                cluster.Script(node, "umount /srv/each");
        }
    }

    [Fact]
    public void AnyVerb_SshRefused_NamesTheNodeAndTheWayOut()
    {
        string before = cluster.State();
        cluster.Script(BareCluster.Bob, "kill $(cat /run/sshd.pid)");
        try
        {
            Finished setup = cluster.Haagent(Setup);
            Assert.Equal(3, setup.ExitCode);
            Assert.Contains("node bob could not be asked: ssh: connect to host bob port 22: Connection refused", setup.Output, StringComparison.Ordinal);
            Assert.Contains("make 'ssh bob haagent --version' work without a password", setup.Output, StringComparison.Ordinal);
            Finished check = cluster.Haagent("check");
            Assert.Equal(1, check.ExitCode);
            Assert.Contains("error: root logins: alice does not reach haagent on bob by ssh", check.Output, StringComparison.Ordinal);
        }
        finally
        {
            cluster.Script(BareCluster.Bob, "/usr/sbin/sshd");
        }

        Assert.Equal(before, cluster.State());
    }

    [Fact]
    public void AnyVerb_KeyRefused_NamesTheNode()
    {
        cluster.Script(BareCluster.Bob, "mv /root/.ssh/authorized_keys /root/.ssh/away");
        try
        {
            Finished setup = cluster.Haagent(Setup);
            Assert.Equal(3, setup.ExitCode);
            Assert.Contains("node bob could not be asked: root@bob: Permission denied", setup.Output, StringComparison.Ordinal);
        }
        finally
        {
            cluster.Script(BareCluster.Bob, "mv /root/.ssh/away /root/.ssh/authorized_keys");
        }
    }

    [Fact]
    public void Setup_GuestRunsWithoutLocks_IsRefusedWithTheWayOut()
    {
        cluster.Script(BareCluster.Bob, $"mkdir -p /mnt/shared && ln -sfn {BareCluster.Shared}/boot /mnt/shared/boot");
        string xml = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(cluster.Lab.Run("guest-xml", "VM9")));
        cluster.Script(BareCluster.Bob, $"echo {xml} | base64 -d > /root/VM9.xml && virsh -q create /root/VM9.xml");
        try
        {
            Finished setup = cluster.Haagent(Setup);
            Assert.Equal(3, setup.ExitCode);
            Assert.Contains("while VM9 runs there without the new locks", setup.Output, StringComparison.Ordinal);
            Assert.Contains("shut the guests on bob down (virsh shutdown NAME) or move them to another node", setup.Output, StringComparison.Ordinal);
            Assert.Single(cluster.Lab.Copies("VM9"));
        }
        finally
        {
            cluster.Script(BareCluster.Bob, "virsh -q destroy VM9; rm /mnt/shared/boot");
        }
    }

    [Fact]
    public void Setup_NodeLacksAPackage_InstallsItAndGoesOn()
    {
        // apt-get is played by a script, because the nodes have no way to the internet. zypper is there, and the distribution is not its own.
        cluster.Script(BareCluster.Bob, """
            mv /usr/sbin/virtlockd /root/
            printf '#!/bin/sh\necho "E: Unable to fetch some archives" >&2; exit 100\n' > /usr/local/sbin/apt-get
            printf '#!/bin/sh\necho "the wrong tool" >&2; exit 1\n' > /usr/local/sbin/zypper
            chmod 755 /usr/local/sbin/apt-get /usr/local/sbin/zypper
            """);
        try
        {
            Finished refused = cluster.Haagent([.. Setup, "--no-packages"]);
            Assert.Equal(3, refused.ExitCode);
            Assert.Contains("bob lacks virtlockd", refused.Output, StringComparison.Ordinal);
            Finished failed = cluster.Haagent(Setup);
            Assert.Equal(5, failed.ExitCode);
            Assert.Contains("Failed on bob: install the virtualization packages on bob: ", failed.Error, StringComparison.Ordinal);
            Assert.Contains("E: Unable to fetch some archives", failed.Error, StringComparison.Ordinal);

            cluster.Script(BareCluster.Bob, "printf '#!/bin/sh\\necho \"$@\" > /root/asked; mv /root/virtlockd /usr/sbin/\\n' > /usr/local/sbin/apt-get");
            cluster.Done(Setup);
            // libvirt is there and only its lock daemon is not: it is in a package of its own then.
            Assert.Equal("install -y libvirt-daemon-lock libvirt-daemon-plugin-lockd", cluster.Script(BareCluster.Bob, "cat /root/asked"));
        }
        finally
        {
            cluster.Script(BareCluster.Bob, "rm /usr/local/sbin/apt-get /usr/local/sbin/zypper; [ ! -e /root/virtlockd ] || mv /root/virtlockd /usr/sbin/");
        }

        cluster.Done("teardown", "--yes");
    }

    [Fact]
    public void Setup_DiskFullOnANode_FailsThereAndResumes()
    {
        // The file that is there must stay whole.
        cluster.Script(BareCluster.Alice, "rm -rf /srv/shared/haagent");
        cluster.Script(BareCluster.Bob, BareCluster.FillEtcLibvirt);
        string before = cluster.NodeState(BareCluster.Bob);
        try
        {
            Finished setup = cluster.Haagent(Setup);
            Assert.Equal(5, setup.ExitCode);
            Assert.Contains("Failed on bob: set lock_manager = \"lockd\" in /etc/libvirt/qemu.conf on bob", setup.Error, StringComparison.Ordinal);
            Assert.Contains("No space left on device", setup.Error, StringComparison.Ordinal);
            Assert.Contains("Files changed:\n     alice:/srv/shared/haagent/.haagent\n     alice:/mnt/shared/lockd\n     alice:/etc/libvirt/qemu.conf (what it was: /etc/libvirt/qemu.conf.before-haagent)", setup.Output, StringComparison.Ordinal);
            cluster.Script(BareCluster.Bob, "ls -A /mnt/shared | grep -qx lockd");
            Assert.Equal(before.Replace("\nvirtlockd", "\n.haagent\nlockd\nvirtlockd", StringComparison.Ordinal), cluster.NodeState(BareCluster.Bob));
        }
        finally
        {
            cluster.Script(BareCluster.Bob, BareCluster.EmptyEtcLibvirt);
        }

        cluster.Done(Setup);
        cluster.Done("teardown", "--yes");
    }

    [Fact]
    public void Setup_ConfigurationChangedWhileTheAdminThought_IsPlannedAgain()
    {
        string seen = cluster.AnswersLate("setup --existing-mount /srv/shared", "crm_attribute --type crm_config --name stonith-enabled --update false");
        string configuration = cluster.Configuration();
        cluster.Script(BareCluster.Alice, "crm_attribute --type crm_config --name stonith-enabled --update true");

        Assert.Matches("^status [36]\\n", seen);
        Assert.Contains("the cluster is no longer as it was when this was shown; planning again", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("virt-lock", configuration, StringComparison.Ordinal);
        Assert.Contains("stonith-enabled=false", configuration, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyVerb_NodeMissing_IsRefusedAndReported()
    {
        cluster.Lab.Run("exec", BareCluster.Bob, "poweroff");
        cluster.Lab.Wait("off", BareCluster.Bob, ",", "offline", BareCluster.Bob);
        try
        {
            Finished setup = cluster.Haagent(Setup);
            Assert.Equal(3, setup.ExitCode);
            Assert.Contains("node bob is not online in the cluster", setup.Output, StringComparison.Ordinal);
            Finished check = cluster.Haagent("check");
            Assert.Equal(1, check.ExitCode);
            Assert.Contains("error: nodes: bob is not online in the cluster", check.Output, StringComparison.Ordinal);
        }
        finally
        {
            cluster.Lab.Run("power", "on", BareCluster.Bob);
            cluster.Lab.Wait("online", BareCluster.Alice, BareCluster.Bob);
        }
    }

    [Fact]
    public void AnyVerb_ClusterNotRunningHere_SaysSo()
    {
        cluster.Script(BareCluster.Bob, "/lab/machine/service stop pacemaker corosync");
        try
        {
            Finished check = cluster.Lab.Try("exec", BareCluster.Bob, "haagent", "check");
            Assert.Equal(4, check.ExitCode);
            Assert.Contains("The cluster does not answer on this node", check.Error, StringComparison.Ordinal);
        }
        finally
        {
            cluster.Script(BareCluster.Bob, "/lab/machine/service start corosync pacemaker");
            cluster.Lab.Wait("online", BareCluster.Alice, BareCluster.Bob);
        }
    }
}
