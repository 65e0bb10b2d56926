namespace HaAgent.EndToEnd.Tests.Node;

public sealed class MonitorTests(OneNode fixture) : NodeTest(fixture)
{
    [Fact]
    public void Monitor_RecurringAndSuccessful_SaysNothing()
    {
        TestGuest guest = NewGuest().Start();
        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);

        AgentResult second = guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);

        Assert.Equal("", second.Output);
        Assert.Equal("", second.Error);
        Assert.Equal("", second.Log);
    }

    [Fact]
    public void StartAndStop_Always_AreLoggedLikeOtherAgents()
    {
        TestGuest guest = NewGuest().Start();

        AgentResult stop = guest.Agent("stop").Gives(OcfExit.Success);

        Until.True(() => stop.Log.Contains(guest.Name, StringComparison.Ordinal), "the stop reaches the syslog");
        Assert.Matches(@$"VirtualDomain\({guest.Name}\)\[\d+\]: INFO: ", stop.Log);
    }

    [Fact]
    public void AnyAction_HaLogfile_IsWritten()
    {
        TestGuest guest = NewGuest();
        AgentCall call = guest.Call("start") with { Variables = new() { ["HA_LOGFILE"] = "/var/log/ha.log" } };

        call.RunOn(Node).Gives(OcfExit.Success);

        Assert.Contains($"VirtualDomain({guest.Name})", Node.Read("/var/log/ha.log"));
    }

    [Fact]
    public void Monitor_ScriptsSucceed_Running()
    {
        TestGuest guest = NewGuest().Start();

        guest.Agent("monitor", interval: 10, parameters: ("monitor_scripts", "/bin/true /usr/bin/true")).Gives(OcfExit.Success);
    }

    [Fact]
    public void Monitor_ScriptFails_Fails()
    {
        TestGuest guest = NewGuest().Start();

        guest.Agent("monitor", interval: 10, parameters: ("monitor_scripts", "/bin/true /bin/false")).Fails(OcfExit.GenericError, "/bin/false");
    }

    [Fact]
    public void Monitor_ScriptMissing_Fails()
    {
        TestGuest guest = NewGuest().Start();

        guest.Agent("monitor", interval: 10, parameters: ("monitor_scripts", "/no/such/script")).Fails(OcfExit.GenericError, "/no/such/script");
    }

    [Fact]
    public void Monitor_ScriptHangs_EndedBeforeTheDeadlineWithItsChildren()
    {
        TestGuest guest = NewGuest().Start();
        Node.Write("/run/hangs", "#!/bin/sh\nsleep 3611\n");
        Node.Run("chmod", "755", "/run/hangs");

        guest.Agent("monitor", timeout: 15, interval: 10, parameters: ("monitor_scripts", "/run/hangs")).Fails(OcfExit.GenericError, "/run/hangs");

        Assert.NotEqual(0, Node.Try("pgrep", "-f", "sleep 3611").ExitCode);
    }

    [Fact]
    public void Start_ScriptSucceedsLater_WaitsForIt()
    {
        TestGuest guest = NewGuest();
        Node.Write("/run/second-time", "#!/bin/sh\n[ -e /run/asked ] || { touch /run/asked; exit 1; }\n");
        Node.Run("chmod", "755", "/run/second-time");

        guest.Agent("start", parameters: ("monitor_scripts", "/run/second-time")).Gives(OcfExit.Success);

        Node.Run("rm", "/run/asked");
    }

    [Fact]
    public void Monitor_ScriptReadsItsInput_DoesNotWait()
    {
        TestGuest guest = NewGuest().Start();

        guest.Agent("monitor", timeout: 10, interval: 10, parameters: ("monitor_scripts", "/bin/cat")).Gives(OcfExit.Success);
    }
}
