namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>The shared volume goes away under a running guest, and with it the guest's XML (resource-agents #1231, #856).</summary>
[Collection(nameof(GuideCluster))]
public sealed class LostStorageTests(GuideCluster cluster) : ClusterTest(cluster)
{
    [Fact]
    public void Stop_SharedVolumeUnmounted_GuestReallyStoppedAndNodeNotFenced()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        int fencings = lab.Fencings(here);
        lab.On(here, "umount", "--lazy", "/mnt/shared");

        lab.On(there, "crm", "resource", "stop", Vm1);
        lab.Wait("stopped", Vm1);

        Assert.Empty(lab.Copies(Vm1));
        Assert.Equal(fencings, lab.Fencings(here));
        lab.On(there, "crm_resource", "--refresh", "--resource", "cl-virt-lock");
    }
}
