using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>The nodes lose sight of each other: never two copies of a guest.</summary>
[Collection(nameof(GuideCluster))]
public sealed class SplitBrainTests(GuideCluster cluster) : ClusterTest(cluster)
{
    [Fact]
    public void RingCut_NodeWithTheGuest_FencedAndTheGuestStartsOnTheOther()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        int fencings = lab.Fencings(here);
        using GuestSession before = lab.Connect(Vm1);

        lab.Run("link", "down", here);
        lab.Wait("started", Vm1, there, ",", "answering", Vm1);

        using GuestSession after = lab.Connect(Vm1);
        Assert.Equal(fencings + 1, lab.Fencings(here));
        Assert.Equal(before.First.Boot + 1, after.First.Boot);
        Assert.Single(lab.Copies(Vm1));
    }

    [Fact]
    public void Frozen_OutletWorks_FencedAndTheGuestStartsOnTheOther()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        using GuestSession before = lab.Connect(Vm1);

        lab.Run("freeze", here);
        lab.Wait("started", Vm1, there, ",", "answering", Vm1);

        using GuestSession after = lab.Connect(Vm1);
        Assert.Equal(before.First.Boot + 1, after.First.Boot);
        Assert.Single(lab.Copies(Vm1));
    }

    [Fact]
    public void Frozen_OutletIsDead_NotStartedElsewhereNotEvenByHand()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        using GuestSession before = lab.Connect(Vm1);
        lab.Run("outlet", "off");

        lab.Run("freeze", here);
        lab.Wait("unclean", here, ",", "fencing-failed", here);

        Assert.Empty(lab.Copies(Vm1, there));
        Finished byHand = lab.Try("exec", there, "/lab/machine/create-by-hand", $"/mnt/shared/{Vm1}.xml");
        Assert.StartsWith("87 51 ", byHand.Output);

        lab.Run("thaw", here);
        lab.Wait("online", here, ",", "idle");
        Assert.Equal(before.First.BootId, before.Ask().BootId);
    }
}
