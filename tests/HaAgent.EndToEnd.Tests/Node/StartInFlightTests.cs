namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A start that ran out of its time or was killed goes on in libvirt: until it is over, nobody may say that the guest is stopped.</summary>
public sealed class StartInFlightTests(OneNode fixture) : NodeTest(fixture)
{
    [Fact]
    public void StopAndMonitor_StartRanOutOfTime_CannotTellUntilLibvirtAnswersThenReallyStopped()
    {
        TestGuest guest = NewGuest();
        Node.Daemon("freeze", "virtlockd");
        guest.Agent("start", timeout: 8).Fails(OcfExit.GenericError, "may still start it");

        guest.Agent("monitor", timeout: 10, interval: 10).Fails(OcfExit.GenericError, "cannot tell", "asked");
        guest.Agent("monitor", timeout: 10).Fails(OcfExit.GenericError, "cannot tell");
        guest.Agent("stop", timeout: 8).Fails(OcfExit.GenericError, "cannot prove");

        Node.Daemon("thaw", "virtlockd");
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
        guest.UntilGone();
        guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
    }

    [Fact]
    public async Task Stop_LibvirtComesToTheStartMeanwhile_EndsIt()
    {
        TestGuest guest = NewGuest();
        Node.Daemon("freeze", "virtlockd");
        guest.Agent("start", timeout: 8).Gives(OcfExit.GenericError);
        int logged = Node.Read("/var/log/messages").Length;
        Task<AgentResult> stop = Task.Run(() => guest.Agent("stop", timeout: 60));
        Until.True(() => Node.Read("/var/log/messages")[logged..].Contains("Waiting", StringComparison.Ordinal), "stop says what it waits for");

        Node.Daemon("thaw", "virtlockd");

        (await stop).Gives(OcfExit.Success);
        Assert.False(guest.Runs);
        guest.UntilGone();
    }

    [Fact]
    public void Stop_StartWasKilled_CannotTellUntilLibvirtAnswersThenReallyStopped()
    {
        TestGuest guest = NewGuest();
        Node.Daemon("freeze", "virtlockd");
        Node.Try(["timeout", "-s", "KILL", "4", "env", $"OCF_RESKEY_config={guest.Config}", $"OCF_RESOURCE_INSTANCE={guest.Name}",
            "OCF_RESKEY_CRM_meta_timeout=120000", "OCF_ROOT=/usr/lib/ocf", "HA_RSCTMP=/run/resource-agents", Repository.Agent, "start"], TimeSpan.FromSeconds(60));

        guest.Agent("stop", timeout: 8).Fails(OcfExit.GenericError, "cannot prove");

        Node.Daemon("thaw", "virtlockd");
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
        guest.UntilGone();
    }

    [Fact]
    public void Stop_DaemonOfThePendingStartIsDead_Stopped()
    {
        TestGuest guest = NewGuest();
        Node.Daemon("freeze", "virtlockd");
        guest.Agent("start", timeout: 8).Gives(OcfExit.GenericError);

        Node.Daemon("kill", "libvirtd");

        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);
        Node.Daemon("thaw", "virtlockd");
        Node.Daemon("start", "libvirtd");
        Assert.False(guest.Runs);
        guest.Start();
    }

    [Fact]
    public void MonitorAndStop_SomebodyElsesStartIsUnderWay_CannotTellUntilItIsThere()
    {
        // Not the agent's, so that nothing was written down: a start by hand, or a guest that arrives. But libvirt's child can be seen.
        TestGuest guest = NewGuest();
        Node.Daemon("freeze", "virtlockd");
        Node.Try("timeout", "-s", "KILL", "3", "virsh", "-q", "-c", "qemu:///system", "create", guest.Config);

        guest.Agent("monitor", timeout: 10, interval: 10).Fails(OcfExit.GenericError, "cannot tell", "starting");
        guest.Agent("stop", timeout: 8).Fails(OcfExit.GenericError, "cannot prove");

        Node.Daemon("thaw", "virtlockd");
        Until.True(() => guest.Runs, "libvirt goes on");
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Start_AfterOneThatRanOutOfTime_Starts()
    {
        TestGuest guest = NewGuest();
        Node.Daemon("freeze", "virtlockd");
        guest.Agent("start", timeout: 8).Gives(OcfExit.GenericError);
        Node.Daemon("thaw", "virtlockd");

        guest.Agent("stop").Gives(OcfExit.Success);

        guest.Start();
        guest.Agent("monitor", interval: 60, level: 10).Gives(OcfExit.Success);
    }
}
