namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>The state directory cannot take what is to be remembered.</summary>
public sealed class FullDiskTests(OneNode fixture) : NodeTest(fixture)
{
    private const string State = "/run/resource-agents";

    [Fact]
    public void Start_StateDirectoryFull_DefinedAnswerAndNothingHalfDone()
    {
        TestGuest guest = NewGuest();
        FillStateDirectory();

        AgentResult start = guest.Agent("start");

        if (start.ExitCode == OcfExit.Success) Assert.True(guest.Runs);
        else Assert.False(guest.Runs, start.Fails(OcfExit.GenericError, State).Transcript);
        Assert.Contains(State, start.Error);
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void MonitorAndStop_StateDirectoryFillsUpLater_StillWork()
    {
        TestGuest guest = NewGuest().Start();
        FillStateDirectory();

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Start_StateDirectoryMissing_IsMade()
    {
        TestGuest guest = NewGuest();
        Node.Run("rm", "-rf", State);

        guest.Start();
        Node.Run("rm", guest.Config);

        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    private void FillStateDirectory()
    {
        Node.Run("mount", "-t", "tmpfs", "-o", "size=4k", "full", State);
        Node.Try("dd", "if=/dev/zero", $"of={State}/ballast", "bs=4k", "count=2");
    }
}
