namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A real Linux with the QEMU guest agent.</summary>
public sealed class GuestAgentTests(OneNode fixture) : NodeTest(fixture)
{
    [Fact]
    public void MonitorAndStop_AgentInsideAnswers_EndsThroughTheAgent()
    {
        TestGuest guest = NewGuest().AsLinux("haagent.acpi=off");
        guest.StartLinux(Node);
        guest.UntilAgentAnswers(Node);

        guest.Agent("monitor", interval: 60, level: 20, parameters: ("monitor_guest_agent", "1")).Gives(OcfExit.Success);

        // It ignores the power button, so only the agent can have done it.
        guest.Agent("stop", timeout: 60, parameters: ("shutdown_mode", "agent")).Gives(OcfExit.Success);
        Assert.False(guest.Runs);
        Assert.Equal("shutdown", guest.EndedBy);
    }

    [Fact]
    public void MonitorAndStop_NoAgentInside_FailsWhereItIsDemandedAndFallsBackToThePowerButton()
    {
        TestGuest guest = NewGuest().AsLinux("haagent.agent=off");
        guest.StartLinux(Node);

        guest.Agent("monitor", interval: 60, level: 20).Gives(OcfExit.Success);
        guest.Agent("monitor", interval: 60, level: 10, parameters: ("monitor_guest_agent", "1")).Gives(OcfExit.Success);
        guest.Agent("monitor", interval: 60, level: 20, parameters: ("monitor_guest_agent", "1")).Fails(OcfExit.GenericError, "agent");

        guest.Agent("stop", timeout: 60).Gives(OcfExit.Success);
        Assert.False(guest.Runs);
        Assert.Equal("shutdown", guest.EndedBy);
    }
}
