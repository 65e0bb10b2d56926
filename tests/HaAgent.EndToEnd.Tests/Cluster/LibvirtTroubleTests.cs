namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>libvirtd dies or hangs: no reason to power a node off (resource-agents #546, #385). The bash agent has the node fenced.</summary>
[Collection(nameof(GuideCluster))]
public sealed class LibvirtTroubleTests(GuideCluster cluster) : ClusterTest(cluster)
{
    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public void Stop_LibvirtdGotASignal_GuestStoppedAndNodeNotFenced(string signal)
    {
        (Lab lab, string here, string there) = Vm1Runs();
        int fencings = lab.Fencings(here);
        lab.On(here, "sh", "-c", $"kill -{signal} $(cat /run/libvirtd.pid)");

        lab.On(there, "crm", "resource", "stop", Vm1);
        lab.Wait("stopped", Vm1);

        Assert.Empty(lab.Copies(Vm1));
        Assert.Equal(fencings, lab.Fencings(here));
        Assert.False(lab.LeaseIsHeld(Vm1, seenFrom: there));
    }
}
