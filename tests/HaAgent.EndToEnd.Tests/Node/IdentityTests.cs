namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A guest is its name and its UUID; another guest of the same name is not ours.</summary>
public sealed class IdentityTests(OneNode fixture) : NodeTest(fixture)
{
    [Fact]
    public void AnyAction_SameNameOtherUuid_LeavesTheOtherAlone()
    {
        TestGuest guest = NewGuest();
        var other = new TestGuest(Node, guest.Name, disk: "/mnt/shared/other.raw");
        Node.Virsh("create", other.Config);
        guest.Save();

        guest.Agent("start").Fails(OcfExit.GenericError, other.Uuid);
        guest.Agent("monitor", interval: 10).Fails(OcfExit.NotRunning, other.Uuid);
        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.True(other.Runs);
    }

    [Fact]
    public void AnyAction_SameNameOtherUuidOnOurDisk_IsAnErrorThatNamesIt()
    {
        TestGuest guest = NewGuest();
        var other = new TestGuest(Node, guest.Name, disk: guest.Disk);
        Node.Virsh("create", other.Config);
        guest.Save();

        guest.Agent("monitor", interval: 10).Fails(OcfExit.GenericError, other.Uuid, guest.Disk);
        guest.Agent("stop").Fails(OcfExit.GenericError, other.Uuid, guest.Disk);
        guest.Agent("start").Fails(OcfExit.GenericError, other.Uuid, guest.Disk);

        Assert.True(other.Runs);
    }

    [Fact]
    public void AnyAction_SameNameOtherUuidOnOurDiskByAnotherName_IsAnErrorThatNamesIt()
    {
        TestGuest guest = NewGuest();
        Node.Run("ln", "-s", guest.Disk, $"/mnt/shared/{guest.Name}-link.raw");
        var other = new TestGuest(Node, guest.Name, disk: guest.Disk).With(g => g.Devices.Element("disk")!.Element("source")!.SetAttributeValue("file", $"/mnt/shared/{guest.Name}-link.raw"));
        Node.Virsh("create", other.Config);
        guest.Save();

        guest.Agent("monitor", interval: 10).Fails(OcfExit.GenericError, other.Uuid, guest.Disk);
        guest.Agent("stop").Fails(OcfExit.GenericError, other.Uuid, guest.Disk);

        Assert.True(other.Runs);
    }

    /// <summary>A copied file in which the UUID was left: its resource must not touch the guest that it was copied from.</summary>
    [Fact]
    public void AnyAction_SameUuidOtherName_LeavesTheOtherAlone()
    {
        TestGuest first = NewGuest().Start();
        TestGuest copy = NewGuest().With(g => g.Xml.Root!.Element("uuid")!.Value = first.Uuid);

        copy.Agent("monitor").Fails(OcfExit.NotRunning, first.Name, first.Uuid);
        copy.Agent("validate-all", level: 10).Fails(OcfExit.NotConfigured, first.Name, first.Uuid);
        copy.Agent("start").Fails(OcfExit.NotInstalled, first.Name, first.Uuid);
        copy.Agent("stop").Gives(OcfExit.Success);

        Assert.True(first.Runs);
        Assert.Equal("running (booted)", first.State);
        Assert.True(Node.Exists($"/run/resource-agents/haagent-{first.Name}.guest"));
        Node.Daemon("freeze", "libvirtd");
        copy.Agent("stop", timeout: 20).Gives(OcfExit.Success);
        Node.Daemon("thaw", "libvirtd");
        Assert.True(first.Runs);
        first.Agent("monitor", interval: 10).Gives(OcfExit.Success);
    }

    [Fact]
    public void AnyAction_SameUuidOtherNameOnOurDisk_IsAnErrorThatNamesIt()
    {
        TestGuest first = NewGuest().Start();
        TestGuest copy = NewGuest(disk: first.Disk).With(g => g.Xml.Root!.Element("uuid")!.Value = first.Uuid);

        copy.Agent("monitor").Fails(OcfExit.GenericError, first.Name, first.Disk);
        copy.Agent("start").Fails(OcfExit.GenericError, first.Name, first.Disk);
        copy.Agent("stop").Fails(OcfExit.GenericError, first.Name, first.Disk);

        Assert.True(first.Runs);
    }

    [Fact]
    public void MonitorAndStop_SameNameOtherUuidWhileLibvirtIsSilent_IsNoProofOfAbsence()
    {
        TestGuest guest = NewGuest();
        var other = new TestGuest(Node, guest.Name, disk: guest.Disk);
        Node.Virsh("create", other.Config);
        guest.Save();
        Node.Daemon("freeze", "libvirtd");

        guest.Agent("monitor", timeout: 15, interval: 10).Fails(OcfExit.GenericError, guest.Name);
        guest.Agent("stop", timeout: 10).Fails(OcfExit.GenericError, guest.Name);

        Assert.True(other.Runs);
        Node.Daemon("thaw", "libvirtd");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [InlineData(false, "../../../tmp/stranger")]
    [InlineData(false, "../../../tmp/fifo")]
    public void MonitorAndStop_UsersProcessWithTheSameArguments_NeitherCountsNorIsEnded(bool libvirtAnswers, string? name = null)
    {
        TestGuest guest = NewGuest().Start();
        guest.Agent("stop").Gives(OcfExit.Success);
        string stranger = Node.Run("sh", "-c", "setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\" </dev/null >/dev/null 2>&1 & echo $!", "sh",
            "bash", "-c", "read -t 600 <> <(:)", "qemu-system-x86_64", "-name", $"guest={name ?? guest.Name},debug-threads=on", "-uuid", guest.Uuid).Trim();
        Node.Run("sh", "-c", $"rm -f /tmp/stranger.pid /tmp/fifo.pid; echo {stranger} > /tmp/stranger.pid; mkfifo /tmp/fifo.pid; chown 65534 /tmp/*.pid");
        try
        {
            Until.True(() => Node.Read($"/proc/{stranger}/cmdline").StartsWith("bash", StringComparison.Ordinal), "the stranger runs");
            if (!libvirtAnswers) Node.Daemon("freeze", "libvirtd");

            guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
            guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);

            Assert.True(Node.Exists($"/proc/{stranger}"));
        }
        finally
        {
            Node.Run("kill", stranger);
        }
    }

    /// <summary>libvirt's own user is known by its number; a guest's own user only by libvirt's pid file, as this node has no control groups.</summary>
    [Theory]
    [InlineData("libvirt-qemu:kvm")]
    [InlineData("nobody:nogroup")]
    public void MonitorAndStop_QemuIsNotRoots_IsKnownWithoutLibvirt(string user)
    {
        TestGuest guest = NewGuest().With(g => g.Xml.Root!.Add(new System.Xml.Linq.XElement("seclabel", new System.Xml.Linq.XAttribute("type", "static"),
            new System.Xml.Linq.XAttribute("model", "dac"), new System.Xml.Linq.XAttribute("relabel", "no"), new System.Xml.Linq.XElement("label", user))));
        Node.Run("chmod", "666", guest.Disk);
        guest.Start();
        Assert.Equal(user.Split(':')[0], Node.Run("stat", "-c", "%U", $"/proc/{guest.Process}").Trim());
        Node.Run("rm", $"/run/resource-agents/haagent-{guest.Name}.guest");
        Node.Daemon("freeze", "libvirtd");

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Start_OtherGuestsNameBeginsAlike_BothRun()
    {
        // grep -w finds vm1 in vm1-x; the bash agent then undefined the wrong one.
        TestGuest guest = NewGuest();
        var longer = new TestGuest(Node, guest.Name + "-x");
        Node.Virsh("define", longer.Config);
        longer.Start();

        guest.Start();
        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.True(longer.Runs);
        Assert.True(Node.Exists($"/etc/libvirt/qemu/{longer.Name}.xml"));
        longer.Agent("stop").Gives(OcfExit.Success);
        Node.Virsh("undefine", longer.Uuid);
    }

    [Fact]
    public void StartMonitorStop_XmlWithoutUuid_GoByTheName()
    {
        TestGuest guest = NewGuest().With(g => g.Xml.Root!.Element("uuid")!.Remove());

        guest.Agent("start").Gives(OcfExit.Success);
        string uuid = Node.Virsh("domuuid", guest.Name);
        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("start").Gives(OcfExit.Success);
        Assert.Equal(uuid, Node.Virsh("domuuid", guest.Name));

        // Restarted by hand: libvirt makes up another.
        Node.Virsh("destroy", guest.Name);
        Node.Virsh("create", guest.Config);
        Assert.NotEqual(uuid, Node.Virsh("domuuid", guest.Name));
        Node.Run("rm", guest.Config);
        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        Node.Daemon("freeze", "libvirtd");
        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        Node.Daemon("thaw", "libvirtd");
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.DoesNotContain(guest.Name, Node.Virsh("list", "--name"));
    }

    [Fact]
    public void MonitorAndStop_RestartedByHandWithTheUuidThatItsFileHasNow_IsTheGuest()
    {
        TestGuest guest = NewGuest().Start();
        string edited = Guid.NewGuid().ToString();
        Node.Write(guest.Config, guest.Xml.ToString().Replace(guest.Uuid, edited));
        Node.Virsh("destroy", guest.Name);
        Node.Virsh("create", guest.Config);

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.DoesNotContain(guest.Name, Node.Virsh("list", "--name"));
    }

    [Fact]
    public void Probe_ConfigurationWasGivenAnotherUuidMeanwhile_SeesTheGuestThatRuns()
    {
        TestGuest guest = NewGuest().Start();
        string edited = guest.Xml.ToString().Replace(guest.Uuid, Guid.NewGuid().ToString());
        Node.Write(guest.Config, edited);

        // What `crm resource refresh` asks: a 7 here would let a second copy be started.
        guest.Agent("monitor").Gives(OcfExit.Success);
        guest.Agent("start").Gives(OcfExit.Success);
        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Monitor_AdoptsAGuestThatRunsAlready_AndRemembersIt()
    {
        TestGuest guest = NewGuest();
        Node.Virsh("create", guest.Config);

        guest.Agent("monitor").Gives(OcfExit.Success);
        Node.Run("rm", guest.Config);

        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void MonitorAndStop_ResourceWasRenamedOrItsConfigurationMoved_KnowTheGuestThatWasStartedBefore(bool configurationMoved, bool renamed)
    {
        TestGuest guest = NewGuest().Start();
        if (configurationMoved)
            guest.SaveAs($"/mnt/shared/{guest.Name}-moved.xml");
        else
            Node.Run("rm", guest.Config);
        AgentResult Agent(string action, int interval = 0) =>
            new AgentCall(action, guest.Name + (renamed ? "-renamed" : "")) { Parameters = guest.Parameters, Timeout = 30, Interval = interval }.RunOn(Node);

        Agent("monitor").Gives(OcfExit.Success);
        Node.Run("rm", "-f", guest.Config);
        Agent("monitor", interval: 10).Gives(OcfExit.Success);
        Assert.Equal(!renamed, Node.Exists($"/run/resource-agents/haagent-{guest.Name}.guest"));
        Agent("stop").Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_RememberedProcessIdIsSomebodyElsesNow_LeavesThatProcessAlone()
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon("kill", "libvirtd");
        guest.Signal("KILL");
        Until.True(() => !guest.Runs, "QEMU ends");

        // The pid file stays behind and now names an innocent process.
        Node.Run("bash", "-c", $"setsid sleep 3600 >/dev/null 2>&1 & echo $! > '/run/libvirt/qemu/{guest.Name}.pid'");
        int innocent = int.Parse(Node.Read($"/run/libvirt/qemu/{guest.Name}.pid"));

        guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
        guest.Agent("stop", timeout: 20).Gives(OcfExit.Success);

        Assert.Equal("sleep", Node.Read($"/proc/{innocent}/comm").Trim());
        Node.Run("kill", "-KILL", $"{innocent}");
    }
}
