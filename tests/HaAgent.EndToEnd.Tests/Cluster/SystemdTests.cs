namespace HaAgent.EndToEnd.Tests.Cluster;

[CollectionDefinition(nameof(SystemdCluster))]
public sealed class SystemdTestCollection : ICollectionFixture<SystemdCluster>;

/// <summary>
/// A node's own shutdown must not take libvirt away before Pacemaker has moved the guests (resource-agents #2081, #1087): pacemaker.service has no
/// order with the daemons of libvirt, so systemd would stop them side by side.
/// </summary>
[Collection(nameof(SystemdCluster))]
public sealed class SystemdTests(SystemdCluster cluster) : ClusterTest(cluster)
{
    [Fact]
    public void Reboot_OfTheGuestsNode_LibvirtStopsAfterTheGuestHasLeft()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        int boots = lab.Boots(here);
        using GuestSession session = lab.Connect(Vm1);

        lab.On(here, "systemctl", "reboot");
        lab.Wait("booted", here, $"{boots + 1}", ",", "online", here, ",", "started", Vm1, there);

        Assert.Equal(session.First.BootId, session.Ask().BootId);
        Assert.Equal(0, lab.Fencings(here));
    }
}
