namespace HaAgent.EndToEnd.Tests.Node;

[Trait("Root", "any")]
public sealed class LifecycleTests(OneNode fixture) : NodeTest(fixture)
{
    [Fact]
    public void Start_Twice_SucceedsWithOneProcess()
    {
        TestGuest guest = NewGuest().Start();
        int process = guest.Process;

        guest.Agent("start").Gives(OcfExit.Success);

        Assert.Equal(process, guest.Process);
    }

    [Fact]
    public void Stop_Twice_Succeeds()
    {
        TestGuest guest = NewGuest().Start();

        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
        guest.Agent("stop").Gives(OcfExit.Success);
    }

    [Fact]
    public void Stop_NeverStarted_Succeeds() => NewGuest().Agent("stop").Gives(OcfExit.Success);

    [Theory]
    [InlineData("monitor", 0)]
    [InlineData("monitor", 10)]
    [InlineData("status", 10)]
    public void Monitor_BeforeDuringAndAfter_TellsTheState(string action, int interval)
    {
        TestGuest guest = NewGuest();
        guest.Agent(action, interval: interval).Gives(OcfExit.NotRunning);

        guest.Start();
        guest.Agent(action, interval: interval).Gives(OcfExit.Success);

        guest.Agent("stop").Gives(OcfExit.Success);
        guest.Agent(action, interval: interval).Gives(OcfExit.NotRunning);
    }

    [Fact]
    public void Monitor_GuestSwitchedItselfOff_NotRunning()
    {
        TestGuest guest = NewGuest().Start();

        guest.Tell(GuestDoes.SwitchOff);
        guest.UntilGone();

        guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
    }
}
