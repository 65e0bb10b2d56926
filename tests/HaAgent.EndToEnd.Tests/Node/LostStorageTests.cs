namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>The configuration lives on the shared volume and goes with it; a missing file says nothing about the guest (resource-agents #1231, #856, #1293, #137).</summary>
public sealed class LostStorageTests(OneNode fixture) : NodeTest(fixture)
{
    [Fact]
    public void MonitorAndStop_ConfigDeleted_KnowTheGuest()
    {
        TestGuest guest = NewGuest().Start();
        Node.Run("rm", guest.Config);

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("monitor").Gives(OcfExit.Success);
        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.False(guest.Runs);
        guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
        guest.Agent("stop").Gives(OcfExit.Success);
    }

    [Fact]
    public void MonitorAndStop_SharedVolumeUnmounted_KnowTheGuest()
    {
        TestGuest guest = NewGuest().Start();
        Node.UnmountShared();

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_SharedVolumeAndLibvirtdGone_ProcessReallyGone()
    {
        TestGuest guest = NewGuest().Start();
        Node.UnmountShared();
        Node.Daemon("kill", "libvirtd");

        guest.Agent("monitor", timeout: 20, interval: 10).Gives(OcfExit.Success);
        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_ConfigBrokenAfterStart_ProcessReallyGone()
    {
        TestGuest guest = NewGuest().Start();
        Node.Write(guest.Config, "<domain");

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_StartFailedForWantOfConfig_Succeeds()
    {
        TestGuest guest = NewGuest();
        Node.Run("rm", guest.Config);

        guest.Agent("start").Fails(OcfExit.NotInstalled, guest.Config);
        guest.Agent("stop").Gives(OcfExit.Success);
    }

    [Fact]
    public void MonitorAndStop_ConfigDeletedBeforeTheAgentEverSawIt_NeverClaimStopped()
    {
        TestGuest guest = NewGuest();
        Node.Virsh("create", guest.Config);
        Node.Run("rm", guest.Config);

        Assert.NotEqual(OcfExit.NotRunning, guest.Agent("monitor", interval: 10).ExitCode);
        Assert.NotEqual(OcfExit.NotRunning, guest.Agent("monitor").ExitCode);
        guest.Agent("stop");
        Assert.True(guest.Runs, "a guest that was never ours by any evidence was ended");
        Assert.NotEqual(OcfExit.Success, guest.Agent("stop").ExitCode);
    }
}
