namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>Our agent beside ocf:heartbeat:VirtualDomain in one cluster: a site that moves over guest by guest.</summary>
[Collection(nameof(GuideCluster))]
public sealed class NeighbourTests(GuideCluster cluster) : ClusterTest(cluster)
{
    private const string Vm2 = "VM2";

    [Fact]
    public void BashAgentsGuest_BesideOurs_EachMovesAndStopsAlone()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        using GuestSession ours = lab.Connect(Vm1);
        lab.Run("add-guest", Vm2, "--agent", "ocf:heartbeat:VirtualDomain");
        try
        {
            lab.Wait("started", Vm2, ",", "answering", Vm2);
            using GuestSession theirs = lab.Connect(Vm2);

            lab.Run("place", Vm2, lab.Run("where", Vm2) == here ? there : here);
            lab.Run("place", Vm1, there);

            Assert.Equal(ours.First.BootId, ours.Ask().BootId);
            Assert.Equal(theirs.First.BootId, theirs.Ask().BootId);
        }
        finally
        {
            lab.Run("remove-guest", Vm2);
        }

        Assert.Empty(lab.Copies(Vm2));
        lab.Wait("started", Vm1, there);
        Assert.Equal(ours.First.BootId, ours.Ask().BootId);
    }
}
