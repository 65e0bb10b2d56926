namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>libvirtd killed, hung or restarted: the guest lives on, and the agent must neither lie about it nor lose it (resource-agents #546, #385, #1613).</summary>
public sealed class DaemonFailureTests(OneNode fixture) : NodeTest(fixture)
{
    [Theory]
    [InlineData("kill")]
    [InlineData("freeze")]
    public void Monitor_NoLibvirtdAndGuestLives_Running(string fault)
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon(fault, "libvirtd");

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("freeze")]
    public void Monitor_NoLibvirtdAndGuestDied_NotRunning(string fault)
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon(fault, "libvirtd");
        guest.Signal("KILL");
        Until.True(() => !guest.Runs, "QEMU ends");

        guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("freeze")]
    public void Stop_NoLibvirtd_ProcessReallyGone(string fault)
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon(fault, "libvirtd");

        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_NoLibvirtdAndQemuStandsStill_ProcessReallyGone()
    {
        TestGuest guest = NewGuest().Start();
        guest.Signal("STOP");
        Node.Daemon("kill", "libvirtd");

        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_NoLibvirtdAndGuestGoneAlready_Succeeds()
    {
        TestGuest guest = NewGuest().Start();
        guest.Agent("stop").Gives(OcfExit.Success);
        Node.Daemon("kill", "libvirtd");

        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("freeze")]
    public void Start_NoLibvirtd_FailsWithinTheDeadlineAndSaysWhy(string fault)
    {
        TestGuest guest = NewGuest();
        Node.Daemon(fault, "libvirtd");

        guest.Agent("start", timeout: 15).Fails(OcfExit.GenericError, "libvirt");

        Assert.False(guest.Runs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(38)]
    public void MonitorAndStop_ProcessIsSeenButCannotBeHeld_CountsAsAlive(int errorNumber)
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon("freeze", "libvirtd");
        string[] withoutPidfd = ["env", $"LD_PRELOAD={Node.Directory}/no-pidfd.so", $"NO_PIDFD={errorNumber}"];

        (guest.Call("monitor", interval: 10) with { Wrapper = withoutPidfd }).RunOn(Node).Gives(OcfExit.Success);
        (guest.Call("stop", timeout: 8) with { Wrapper = withoutPidfd }).RunOn(Node).Fails(OcfExit.GenericError, "held");
        Assert.True(guest.Runs);

        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_LibvirtdThaws_BothAgreeThatTheGuestIsGone()
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon("freeze", "libvirtd");
        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);

        Node.Daemon("thaw", "libvirtd");

        guest.UntilGone();
        guest.Start();
    }

    [Fact]
    public void Monitor_LibvirtdRestarted_SameGuest()
    {
        TestGuest guest = NewGuest().Start();
        int process = guest.Process;
        Node.Daemon("kill", "libvirtd");
        Node.Daemon("start", "libvirtd");

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("start").Gives(OcfExit.Success);
        Assert.Equal(process, guest.Process);

        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.Equal("shutdown", guest.EndedBy);
    }

    [Fact]
    public async Task Monitor_LibvirtdDiesDuringTheCall_StillAnswers()
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon("freeze", "libvirtd");
        Task<AgentResult> monitor = Task.Run(() => guest.Agent("monitor", timeout: 20, interval: 10));
        Until.True(() => Node.Try("pgrep", "-f", "VirtualDomain monitor").ExitCode == 0, "the monitor runs");
        Node.Daemon("kill", "libvirtd");

        (await monitor).Gives(OcfExit.Success);
    }
}
