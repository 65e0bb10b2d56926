namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>
/// Whatever stands still, the agent's process is gone before its timeout, with an answer that is true. What waits for a file system that does not answer
/// waits in state D: a thread that did so would keep its process, a zombie leader with a living thread, beyond every timeout and SIGKILL.
/// </summary>
public sealed class StandstillTests(OneNode fixture) : NodeTest(fixture)
{
    private const int Timeout = 8;
    private const string Shared = "/mnt/shared";

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(20)]
    public void Monitor_VolumeStandsStill_GuestIsRunning(int level)
    {
        TestGuest guest = NewGuest().Start();
        Node.Freeze(Shared);

        guest.Agent("monitor", Timeout, interval: 10, level: level).Gives(OcfExit.Success);
        guest.Agent("monitor", Timeout).Gives(OcfExit.Success);
    }

    [Fact]
    public void Start_VolumeStandsStill_FailsAndSaysWhichOne()
    {
        TestGuest guest = NewGuest();
        Node.Freeze(Shared);

        guest.Agent("start", Timeout).Fails(OcfExit.GenericError, Shared, "answer");

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Start_LockspaceStandsStill_FailsAndSaysWhichOne()
    {
        TestGuest guest = NewGuest();
        Node.Freeze(Shared + "/lockd");

        guest.Agent("start", Timeout).Fails(OcfExit.GenericError, Shared + "/lockd", "answer");

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_VolumeStandsStill_GuestReallyGone()
    {
        TestGuest guest = NewGuest().Start();
        guest.Parameters["save_config_on_stop"] = "true";
        Node.Freeze(Shared);

        // Where libvirtd, virtlockd or QEMU wait for the volume themselves, the guest may not be gone in time.
        AgentResult result = guest.Agent("stop", timeout: 20);

        result.Gives(guest.Runs ? OcfExit.GenericError : OcfExit.Success);
    }

    [Fact]
    public void StopAndProbe_VolumeStandsStillAndNothingIsKnown_NeverStoppedWhileItRuns()
    {
        TestGuest guest = NewGuest();
        Node.Virsh("create", guest.Config);
        Node.Freeze(Shared);

        guest.Agent("monitor", Timeout).Gives(OcfExit.NotInstalled);
        guest.Agent("monitor", Timeout, interval: 10).Gives(OcfExit.GenericError);
        guest.Agent("stop", Timeout).Gives(OcfExit.GenericError);

        Assert.True(guest.Runs);
    }

    /// <summary>An I/O error is no answer either: nobody learned from it that the guest is stopped, or that its configuration is missing.</summary>
    [Fact]
    public void AnyAction_VolumeFails_AsWhenItStandsStill()
    {
        TestGuest running = NewGuest().Start();
        TestGuest unknown = NewGuest();
        Node.Virsh("create", unknown.Config);
        TestGuest stopped = NewGuest();
        Node.Break(Node.Freeze(Shared));

        running.Agent("monitor", Timeout, interval: 10, level: 10).Gives(OcfExit.Success);
        unknown.Agent("monitor", Timeout, interval: 10).Fails(OcfExit.GenericError, "could not be read", "not connected");
        unknown.Agent("stop", Timeout).Gives(OcfExit.GenericError);
        stopped.Agent("start", Timeout).Fails(OcfExit.GenericError, "could not be read", "not connected");
        running.Agent("stop", timeout: 20).Gives(running.Runs ? OcfExit.GenericError : OcfExit.Success);

        Assert.True(unknown.Runs);
        Assert.False(stopped.Runs);
    }

    [Fact]
    public void Start_LockspaceFails_FailsSoftly()
    {
        TestGuest guest = NewGuest();
        Node.Break(Node.Freeze(Shared + "/lockd"));

        guest.Agent("start", Timeout).Fails(OcfExit.GenericError, Shared + "/lockd", "not connected");

        Assert.False(guest.Runs);
    }

    [Fact]
    public void MigrateFrom_VolumeStandsStill_ArrivedOrCannotTell()
    {
        TestGuest arrived = NewGuest().Start();
        TestGuest unknown = NewGuest();
        Node.Freeze(Shared);

        arrived.From("bob", Node.Name, Timeout).RunOn(Node).Gives(OcfExit.Success);
        unknown.From("bob", Node.Name, Timeout).RunOn(Node).Gives(OcfExit.GenericError);

        Assert.True(arrived.Runs);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public void Start_VolumeOfTheBackingImageStandsStill_FailsAndNamesIt(string stateless)
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/small");
        Node.Freeze("/mnt/small");

        guest.Agent("start", Timeout, parameters: [("backingfile", "/mnt/small/base.raw"), ("stateless", stateless)])
            .Fails(OcfExit.GenericError, "/mnt/small/base.raw");

        Assert.False(guest.Runs);
        Assert.Empty(Directory.GetFiles(Node.PathOf(Shared), "*.qcow2*"));
    }

    [Fact]
    public void StartThenStop_VolumeOfADiskStandsStill_CannotTell()
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/small");
        guest.With(g => g.Devices.Element("disk")!.Element("source")!.SetAttributeValue("file", "/mnt/small/disk.raw"));
        int frozen = Node.Freeze("/mnt/small");

        guest.Agent("start", Timeout).Gives(OcfExit.GenericError);
        guest.Agent("stop", Timeout).Gives(OcfExit.GenericError);

        Node.Thaw(frozen, "/mnt/small");
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void MonitorAndStop_VirtlockdStandsStill_RunningThenReallyGone()
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon("freeze", "virtlockd");

        guest.Agent("monitor", Timeout, interval: 10, level: 20).Gives(OcfExit.Success);

        // libvirt gives the lease back to a daemon that does not answer before it says that the guest is gone.
        AgentResult stop = guest.Agent("stop", timeout: 20);
        stop.Gives(stop.ExitCode == OcfExit.Success ? OcfExit.Success : OcfExit.GenericError);
        Assert.True(stop.ExitCode != OcfExit.Success || !guest.Runs);

        Node.Daemon("thaw", "virtlockd");
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Probe_VolumeStandsStill_LeavesTimeToAskForTheGuestThatIsRemembered()
    {
        TestGuest guest = NewGuest().Start();
        guest.Agent("stop").Gives(OcfExit.Success);
        Node.Freeze(Shared);

        guest.Agent("monitor", Timeout).Gives(OcfExit.NotRunning);
    }

    [Fact]
    public void Start_FailedOnVolumeThatStoodStill_SucceedsWhenItAnswers()
    {
        TestGuest guest = NewGuest();
        int frozen = Node.Freeze(Shared);
        guest.Agent("start", Timeout).Gives(OcfExit.GenericError);

        Node.Thaw(frozen, Shared);

        guest.Agent("start").Gives(OcfExit.Success);
    }

    [Fact]
    public void AnyAction_VolumeStandsStillForLong_OneProcessWaitsForIt()
    {
        TestGuest guest = NewGuest();
        Node.Freeze(Shared);

        for (int i = 0; i < 3; i++)
            guest.Agent("monitor", timeout: 3);
        guest.Agent("start", timeout: 3).Fails(OcfExit.GenericError, "has not answered since");

        Assert.Single(Node.Run("pgrep", "-f", "child-of-haagent").Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void StartAndStop_SnapshotDirectoryStandsStill_EndInTime()
    {
        TestGuest guest = NewGuest().Start();
        Node.Run("mkdir", "-p", "/mnt/small");
        Node.Freeze("/mnt/small");
        guest.Parameters["snapshot"] = "/mnt/small";

        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);
        Assert.False(guest.Runs);

        TestGuest other = NewGuest();
        other.Parameters["snapshot"] = "/mnt/small";
        other.Agent("start", Timeout).Fails(OcfExit.GenericError, "/mnt/small");
        Assert.False(other.Runs);
    }

    [Fact]
    public void ValidateAll_BackingFileStandsStill_EndsInTime()
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/small");
        Node.Freeze("/mnt/small");

        guest.Agent("validate-all", Timeout, level: 10, parameters: ("snapshot", "/mnt/small")).Gives(OcfExit.Success);
    }

    [Theory]
    [InlineData("monitor")]
    [InlineData("stop")]
    public void MonitorAndStop_LibvirtdAndAProcesssMemoryStandStill_CannotTell(string action)
    {
        TestGuest guest = NewGuest();

        // Before the guest's process in every list.
        int stranger = int.Parse(Node.Run("sh", "-c", "sleep 1000 > /dev/null 2>&1 & echo $!"), System.Globalization.CultureInfo.InvariantCulture);
        Node.Virsh("create", guest.Config);
        Node.Daemon("freeze", "libvirtd");
        string memory = $"/proc/{stranger}/cmdline";
        Node.Run("rm", $"/run/libvirt/qemu/{guest.Name}.pid");
        int frozen = Node.FreezeFile(memory);

        AgentResult result = guest.Agent(action, Timeout, interval: action == "monitor" ? 10 : 0);

        // The test, too, reads the arguments of every process.
        Node.Thaw(frozen, memory);
        result.Fails(OcfExit.GenericError, "/proc");
        Assert.True(guest.Runs);
    }

    [Theory]
    [InlineData("frozen")]
    [InlineData("fifo")]
    [InlineData("directory")]
    public void AnyAction_LogFileStandsStill_AnswersAsEver(string kind)
    {
        TestGuest guest = NewGuest();
        Node.Run("sh", "-c", "rm -rf /mnt/small; mkdir -p /mnt/small/directory; mkfifo /mnt/small/fifo");
        if (kind == "frozen")
            Node.Freeze("/mnt/small");
        AgentResult Agent(string action) => (guest.Call(action, timeout: 20) with { Variables = new() { ["HA_LOGFILE"] = "/mnt/small/" + kind } }).RunOn(Node);

        Agent("start").Gives(OcfExit.Success);
        Agent("monitor").Gives(OcfExit.Success);
        Agent("stop").Gives(OcfExit.Success);
        Agent("monitor").Gives(OcfExit.NotRunning);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void AnyAction_LogFile_HasTheLinesWhenTheAgentIsGone()
    {
        TestGuest guest = NewGuest();
        Node.Run("rm", guest.Config);

        (guest.Call("start") with { Variables = new() { ["HA_LOGFILE"] = "/var/log/ha.log" } }).RunOn(Node).Gives(OcfExit.NotInstalled);

        Assert.Matches($@"^\w+ \d\d [\d:]+  VirtualDomain\({guest.Name}\)\[\d+\]:    ERROR: .*{guest.Config}.*\n$", Node.Read("/var/log/ha.log"));
    }

    [Fact]
    public void Monitor_NameServiceOfAFarHypervisorStandsStill_CannotTell()
    {
        TestGuest guest = NewGuest();
        Node.Write("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:3\n");
        using IDisposable nobody = Listen("socket.SOCK_DGRAM", 53);

        guest.Agent("monitor", Timeout, interval: 10, parameters: ("hypervisor", "qemu+tcp://far.example.org/system")).Gives(OcfExit.GenericError);
        guest.Agent("stop", Timeout, parameters: ("hypervisor", "qemu+tcp://far.example.org/system")).Gives(OcfExit.GenericError);
    }

    [Fact]
    public void MigrateTo_SshStandsStill_FailsAndTheGuestRunsOn()
    {
        TestGuest guest = NewGuest().Start();
        using IDisposable mute = Listen("socket.SOCK_STREAM", 2222);
        AgentCall call = guest.Call("migrate_to", Timeout, parameters: ("remoteuri", "qemu+ssh://127.0.0.1:2222/system"));

        (call with { Variables = new() { ["OCF_RESKEY_CRM_meta_migrate_source"] = Node.Name, ["OCF_RESKEY_CRM_meta_migrate_target"] = "bob" } })
            .RunOn(Node).Fails(OcfExit.GenericError, "was not migrated");

        Assert.True(guest.Runs);
    }

    /// <summary>A wait that no deadline bounds: what it remembers of the guest lies in a file whose content never comes. Only the watchdog can end
    /// that.</summary>
    [Theory]
    [InlineData("start", 0)]
    [InlineData("stop", 0)]
    [InlineData("monitor", 10)]
    [InlineData("migrate_from", 0)]
    public void AnyAction_OverrunsEveryDeadline_EndsItselfAndSaysWhat(string action, int level)
    {
        TestGuest guest = NewGuest();
        string record = $"/run/resource-agents/haagent-{guest.Name}.guest";
        Node.Write(record, "");
        // Asked of a file system that does not even take the question, it can be ended, other than what one waits for that took it.
        Node.Run("kill", "-STOP", $"{Node.FreezeFile(record)}");

        guest.Agent(action, timeout: 8, interval: 10, level: level).Fails(OcfExit.GenericError, "waiting for", "timeout of 8 s");
    }

    /// <summary>Takes what comes on a port of the node, and says nothing.</summary>
    private Ended Listen(string type, int port)
    {
        string script = $"import socket,time; s=socket.socket(socket.AF_INET,{type}); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); s.bind(('127.0.0.1',{port})); "
            + $"{(type == "socket.SOCK_STREAM" ? "s.listen(9); " : "")}open('/run/listens','w').close(); time.sleep(1000)";
        Node.Run("rm", "-f", "/run/listens");
        string pid = Node.Run("sh", "-c", $"python3 -c \"{script}\" > /dev/null 2>&1 & echo $!").Trim();
        Until.True(() => Node.Exists("/run/listens"), "somebody listens");
        return new Ended(() => Node.Run("kill", "-KILL", pid));
    }

    private sealed class Ended(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
