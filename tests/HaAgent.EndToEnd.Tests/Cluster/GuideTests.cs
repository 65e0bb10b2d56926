using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>The four tests of the guide, section 18.6.</summary>
[Collection(nameof(GuideCluster))]
[Trait("Root", "any")]
public sealed class GuideTests(GuideCluster cluster) : ClusterTest(cluster)
{
    [Fact]
    public void StartByHand_GuestRunsOnTheOtherNode_RefusedBecauseOfTheLock()
    {
        (Lab lab, string here, string there) = Vm1Runs();

        Finished byHand = lab.Try("exec", there, "/lab/machine/create-by-hand", $"/mnt/shared/{Vm1}.xml");

        // 87: VIR_ERR_RESOURCE_BUSY, 51: VIR_FROM_LOCKSPACE. The guide's own `virsh start VM1` would fail for want of a definition.
        Assert.StartsWith("87 51 ", byHand.Output);
        Assert.Single(lab.Copies(Vm1));
        Assert.True(lab.LeaseIsHeld(Vm1, seenFrom: there));
    }

    [Fact]
    public void Move_ConnectionIsOpen_TheSameInstanceAnswersOnIt()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        using GuestSession session = lab.Connect(Vm1);

        Task move = Task.Run(MoveThere, TestContext.Current.CancellationToken);
        void MoveThere()
        {
            lab.On(here, "crm", "resource", "move", Vm1, there);
            lab.Wait("started", Vm1, there, ",", "idle");
        }
        double longestGap = session.AskUntil(move);

        GuestAnswer last = session.Ask();
        Assert.Equal(session.First.BootId, last.BootId);
        Assert.True(last.Uptime > session.First.Uptime);
        Assert.Empty(lab.Copies(Vm1, here));
        Assert.Single(lab.Copies(Vm1, there));
        Assert.True(lab.LeaseIsHeld(Vm1, seenFrom: here), "the lock was lost on the way");
        TestContext.Current.TestOutputHelper?.WriteLine($"longest gap between two answers: {longestGap:F2} s");
    }

    [Fact]
    public void Reboot_OfTheGuestsNode_TheGuestMovesAlive()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        int fencings = lab.Fencings(here);
        int boots = lab.Boots(here);
        using GuestSession session = lab.Connect(Vm1);

        lab.On(here, "reboot");
        lab.Wait("started", Vm1, there);

        Assert.Equal(session.First.BootId, session.Ask().BootId);
        lab.Wait("booted", here, $"{boots + 1}", ",", "online", here);
        Assert.Equal(fencings, lab.Fencings(here));
        Assert.Equal(session.First.BootId, session.Ask().BootId);
    }

    [Fact]
    public void Crash_OfTheGuestsNode_FencedAndTheGuestStartsOnTheOther()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        int fencings = lab.Fencings(here);
        using GuestSession before = lab.Connect(Vm1);

        lab.Run("crash", here);
        lab.Wait("started", Vm1, there, ",", "answering", Vm1);

        using GuestSession after = lab.Connect(Vm1);
        Assert.Equal(fencings + 1, lab.Fencings(here));
        Assert.Equal(before.First.Boot + 1, after.First.Boot);
        Assert.Single(lab.Copies(Vm1));
    }
}
