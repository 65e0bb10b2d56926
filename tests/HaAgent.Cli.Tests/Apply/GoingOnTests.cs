using HaAgent.Cli.Apply;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cli.Tests.Apply;

/// <summary>Whoever interrupts is told what does not stop with haagent.</summary>
public sealed class GoingOnTests
{
    private static readonly Cib Moving = Cib.Parse("<cib epoch='1' num_updates='0' admin_epoch='0'><configuration><crm_config/><nodes/><resources/><constraints/></configuration></cib>");
    private static readonly Cib Resting = Moving.Edit().SetProperty("maintenance-mode", "true").Finish();

    [Fact]
    public void Words_WhileAGuestShutsDown_NameItAndTheWayBack()
    {
        var goingOn = new GoingOn();
        var shutdown = new Change.OnNode("bob", "shut it down", new ShutDownGuest("vm 1"), TimeSpan.FromSeconds(1));
        goingOn.Begin(shutdown);

        Assert.Contains("vm 1 may still be shutting down on bob", goingOn.Words, StringComparison.Ordinal);
        Assert.Contains("virsh start 'vm 1'", goingOn.Words, StringComparison.Ordinal);

        goingOn.Done(shutdown);
        Assert.Contains("vm 1 is shut off and not the cluster's yet", goingOn.Words, StringComparison.Ordinal);
        Assert.Contains("on bob: virsh start 'vm 1'", goingOn.Words, StringComparison.Ordinal);

        goingOn.Done(new Change.Configure("take it in", Moving, Moving));
        Assert.Equal("", goingOn.Words);
    }

    [Fact]
    public void Words_WhileTheClusterRestsForUs_SaySo()
    {
        var goingOn = new GoingOn();
        goingOn.Done(new Change.Configure("rest", Moving, Resting));

        Assert.Contains("maintenance mode until you run this again", goingOn.Words, StringComparison.Ordinal);

        goingOn.Done(new Change.Configure("move", Resting, Moving));
        Assert.Equal("", goingOn.Words);
    }

    [Fact]
    public void Words_WhenThePlanWasToEndTheRest_SayThatTheClusterRests()
    {
        var goingOn = new GoingOn();
        goingOn.Begin(Plan.Of(new Change.Configure("move", Resting, Moving)));

        Assert.Contains("maintenance mode until you run this again", goingOn.Words, StringComparison.Ordinal);
    }
}
