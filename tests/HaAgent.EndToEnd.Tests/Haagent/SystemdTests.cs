using HaAgent.EndToEnd.Tests.Cluster;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>A bare cluster of nodes that run systemd and the distribution's own units.</summary>
public sealed class BareSystemdCluster : BareCluster
{
    public BareSystemdCluster()
        : base("--systemd")
    {
    }
}

/// <summary>setup on real hosts: units that start at boot, and the order in which they stop.</summary>
public sealed class SystemdTests(BareSystemdCluster cluster) : IClassFixture<BareSystemdCluster>
{
    private const string Vm = "VM1";
    private const string Units = "virtlockd.socket virtlogd.socket libvirtd.service";

    [Fact]
    public void SetupAddTeardown_OnSystemd_EnablesOrdersAndSurvivesAReboot()
    {
        // A node as an installation without presets leaves it, and one whose virtlockd somebody stopped.
        cluster.Script(BareCluster.Alice, $"systemctl disable {Units} && systemctl stop libvirtd.service libvirtd.socket libvirtd-ro.socket");
        cluster.Script(BareCluster.Bob, "systemctl stop virtlockd.socket virtlockd.service");
        Assert.Contains("error: shutdown order: on alice Pacemaker is not ordered after libvirtd.service and virtlockd", cluster.Haagent("check").Output, StringComparison.Ordinal);

        string setup = cluster.Done("setup", "--existing-mount", BareCluster.Shared, "--yes");

        Assert.Contains("alice:/etc/systemd/system/pacemaker.service.d/haagent.conf", setup, StringComparison.Ordinal);
        foreach (string node in new[] { BareCluster.Alice, BareCluster.Bob })
        {
            Assert.Equal("enabled\nenabled\nenabled", cluster.Script(node, $"systemctl is-enabled {Units}"));
            Assert.Equal("active\nactive\nactive", cluster.Script(node, $"systemctl is-active {Units}"));
            string after = cluster.Script(node, "systemctl show -p After --value pacemaker.service");
            foreach (string unit in new[] { "libvirtd.service", "virtlockd.service", "virtlockd.socket", "remote-fs.target" })
                Assert.Contains(unit, after, StringComparison.Ordinal);
        }

        Assert.Contains("Nothing to do.", cluster.Done("setup", "--existing-mount", BareCluster.Shared, "--yes"), StringComparison.Ordinal);
        Assert.Contains(", 0 errors", cluster.Done("check"), StringComparison.Ordinal);

        cluster.Define(Vm, BareCluster.Alice);
        cluster.Done("add", Vm, "--prefer", BareCluster.Alice, "--yes");
        cluster.Lab.Wait("answering", Vm, ",", "idle");
        using (GuestSession session = cluster.Lab.Connect(Vm))
        {
            cluster.Lab.On(BareCluster.Alice, "systemctl", "reboot");
            cluster.Lab.Wait("booted", BareCluster.Alice, "2", ",", "online", BareCluster.Alice, BareCluster.Bob, ",", "idle");
            session.Ask(); // the same instance: it moved, because libvirt outlived Pacemaker
        }

        Assert.Equal(0, cluster.Lab.Fencings(BareCluster.Alice));
        Assert.Contains("Nothing to do.", cluster.Done("setup", "--existing-mount", BareCluster.Shared, "--yes"), StringComparison.Ordinal);

        cluster.Done("remove", Vm, "--stop", "--yes");
        cluster.Done("teardown", "--yes");
        Assert.Equal("gone", cluster.Script(BareCluster.Bob, "ls /etc/systemd/system/pacemaker.service.d 2> /dev/null || echo gone"));
        Assert.DoesNotContain("virtlockd", cluster.Script(BareCluster.Bob, "systemctl show -p After --value pacemaker.service"), StringComparison.Ordinal);
        Assert.Contains("Nothing to do.", cluster.Done("teardown", "--yes"), StringComparison.Ordinal);
    }
}
