using System.Xml.Linq;

namespace HaAgent.EndToEnd.Tests.Node;

public sealed class StopTests(OneNode fixture) : NodeTest(fixture)
{
    [Fact]
    public void Stop_GuestObeys_EndsByItsOwnShutdown()
    {
        TestGuest guest = NewGuest().Start();

        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.False(guest.Runs);
        Assert.Equal("shutdown", guest.EndedBy);
    }

    [Fact]
    public void Stop_GuestIgnoresTheButton_DestroyedBeforeTheDeadline()
    {
        TestGuest guest = NewGuest(GuestDoes.IgnorePowerButton).Start();

        guest.Agent("stop", timeout: 20, parameters: ("stop_reserve", "18")).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
        Assert.Equal("destroyed", guest.EndedBy);
    }

    [Fact]
    public async Task Stop_GuestIgnoresTheFirstButton_AskedAgain()
    {
        // A guest that is just booting throws the first press away.
        TestGuest guest = NewGuest(GuestDoes.IgnorePowerButton).Start();
        int logged = Node.Read("/var/log/messages").Length;
        Task<AgentResult> stop = Task.Run(() => guest.Agent("stop", timeout: 60));
        Until.True(() => Node.Read("/var/log/messages").Length > logged, "the stop says that it asks");

        // Booted anew, the guest has forgotten the press, and this time it listens.
        Node.Virsh("reset", guest.Uuid);
        guest.Tell(GuestDoes.ObeyPowerButton);

        (await stop).Gives(OcfExit.Success);
        Assert.Equal("shutdown", guest.EndedBy);
    }

    [Fact]
    public void Stop_Forced_DestroysAGuestThatWouldObey()
    {
        TestGuest guest = NewGuest().Start();

        guest.Agent("stop", parameters: ("force_stop", "1")).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
        Assert.Equal("destroyed", guest.EndedBy);
    }

    [Fact]
    public void Stop_TimeoutTooShortForTheReserve_StillStops()
    {
        TestGuest guest = NewGuest(GuestDoes.IgnorePowerButton).Start();

        guest.Agent("stop", timeout: 8).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_PausedByAdministrator_Stopped()
    {
        TestGuest guest = NewGuest().Start();
        Node.Virsh("suspend", guest.Uuid);

        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public async Task MonitorAndStop_DumpIsUnderWay_TheGuestIsWellAndAskedAfterIt()
    {
        // A dump into a FIFO that is read when the test says so, by another FIFO.
        TestGuest guest = NewGuest().Start();
        string reader = "dump = open('/run/dump', 'rb'); open('/run/go').read(); dump.read()";
        Node.Run("sh", "-c", $"mkfifo /run/dump /run/go; python3 -c \"{reader}\" > /dev/null 2>&1 & ");
        Task<Finished> dump = Task.Run(() => Node.Try(["virsh", "dump", guest.Uuid, "/run/dump"], TimeSpan.FromMinutes(2)));
        Until.True(() => guest.State.StartsWith("paused", StringComparison.Ordinal), "the guest is paused for its dump");

        guest.Agent("monitor", timeout: 60, interval: 10, level: 10).Gives(OcfExit.Success);
        Task<AgentResult> stop = Task.Run(() => guest.Agent("stop", timeout: 90));
        Until.True(() => Node.Read("/var/log/messages").Contains("Breaking off", StringComparison.Ordinal), "stop breaks the dump off");
        Node.Run("sh", "-c", "echo > /run/go");

        (await stop).Gives(OcfExit.Success);
        Assert.Equal("shutdown", guest.EndedBy);
        await dump;
    }

    [Fact]
    public void Stop_QemuStandsStill_ProcessReallyGone()
    {
        TestGuest guest = NewGuest().Start();
        guest.Signal("STOP");

        guest.Agent("stop", timeout: 30, parameters: ("stop_reserve", "28")).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_AfterPacemakerKilledTheFirst_Succeeds()
    {
        TestGuest guest = NewGuest(GuestDoes.IgnorePowerButton).Start();
        AgentCall first = guest.Call("stop", timeout: 120);
        Finished killed = Node.Try(["timeout", "-s", "KILL", "2", "env", $"OCF_RESKEY_config={guest.Config}", $"OCF_RESOURCE_INSTANCE={guest.Name}",
            "OCF_RESKEY_CRM_meta_timeout=120000", "OCF_ROOT=/usr/lib/ocf", first.Agent, "stop"], TimeSpan.FromSeconds(60));
        Assert.True(guest.Runs, killed.Error);

        guest.Agent("stop", timeout: 20, parameters: ("stop_reserve", "18")).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Fact]
    public void Stop_PersistentDefinition_Stays()
    {
        TestGuest guest = NewGuest();
        Node.Virsh("define", guest.Config);
        guest.Start();

        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.Equal("shut off (shutdown)", guest.State);
        Assert.True(Node.Exists($"/etc/libvirt/qemu/{guest.Name}.xml"));
        Node.Virsh("undefine", guest.Uuid);
    }

    [Fact]
    public void StartAndStop_NvramAndConfig_AreNeitherDeletedNorChanged()
    {
        string nvram = "/mnt/shared/nvram.fd";
        Node.Run("truncate", "-s", "64K", nvram);
        TestGuest guest = NewGuest().With(g => g.Xml.Root!.Element("os")!.Add(
            new XElement("loader", new XAttribute("readonly", "yes"), new XAttribute("type", "pflash"), "/usr/share/seabios/bios-256k.bin"),
            new XElement("nvram", nvram)));
        string config = Node.Read(guest.Config);

        guest.Agent("start").Gives(OcfExit.Success);
        Assert.Contains(nvram, Node.Read($"/proc/{guest.Process}/cmdline"));
        guest.Agent("stop", parameters: ("force_stop", "1")).Gives(OcfExit.Success);

        Assert.True(Node.Exists(nvram));
        Assert.Equal(config, Node.Read(guest.Config));
    }

    [Fact]
    public void StopAndStart_Snapshot_ResumesTheSameInstance()
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/shared/saved");
        guest.Parameters["snapshot"] = "/mnt/shared/saved";
        guest.Start();

        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
        Assert.True(Node.Exists($"/mnt/shared/saved/{guest.Name}.state"));

        guest.Agent("start").Gives(OcfExit.Success);
        Assert.True(guest.Runs);
        Assert.False(Node.Exists($"/mnt/shared/saved/{guest.Name}.state"));
        guest.Tell(GuestDoes.SwitchOff);
        guest.UntilGone();
        Assert.Equal(1, guest.Boots);
    }

    /// <summary>Another node, which does not see the directory of the saved memory, or a start without the parameter.</summary>
    [Fact]
    public void Start_GuestRanElsewhereSinceItsMemoryWasSaved_BootsFromItsDisks()
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/run/saved");
        string saved = $"/run/saved/{guest.Name}.state";
        guest.Start();
        guest.Agent("stop", parameters: ("snapshot", "/run/saved")).Gives(OcfExit.Success);
        Assert.True(Node.Exists(saved));
        AgentResult Elsewhere(string action) =>
            (guest.Call(action) with { Variables = new() { ["HA_RSCTMP"] = "/run/elsewhere", ["HA_VARLIB"] = "/run/elsewhere" } }).RunOn(Node);
        Elsewhere("start").Gives(OcfExit.Success);
        Until.True(() => guest.Boots == 2, "the guest boots elsewhere");
        Elsewhere("stop").Gives(OcfExit.Success);
        Node.Run("touch", saved); // whatever the clocks say

        AgentResult start = guest.Agent("start", parameters: ("snapshot", "/run/saved")).Gives(OcfExit.Success);

        Until.True(() => guest.Boots == 3, "the guest boots instead");
        Assert.Contains(saved + ".old", start.Log);
        guest.Agent("stop").Gives(OcfExit.Success);
    }

    [Fact]
    public void Start_DiskWasWrittenSinceTheMemoryWasSaved_BootsFromItsDisks()
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/shared/saved");
        guest.Parameters["snapshot"] = "/mnt/shared/saved";
        guest.Start();
        guest.Agent("stop").Gives(OcfExit.Success);
        guest.Tell(GuestDoes.ObeyPowerButton);

        guest.Agent("start").Gives(OcfExit.Success);

        Until.True(() => guest.Boots == 2, "the guest boots instead");
        guest.Agent("stop", parameters: ("force_stop", "1")).Gives(OcfExit.Success);
    }

    /// <summary>libvirt was killed while it saved: its file stays, is not whole and never can be restored.</summary>
    [Fact]
    public void Start_MemoryThatWasNotSavedToItsEnd_BootsFromItsDisks()
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/shared/saved");
        guest.Start();
        guest.Agent("stop").Gives(OcfExit.Success);
        guest.Parameters["snapshot"] = "/mnt/shared/saved";
        Node.Write($"/mnt/shared/saved/{guest.Name}.state", "LibvirtQemudPart");

        guest.Agent("start").Gives(OcfExit.Success);

        Until.True(() => guest.Boots == 2, "the guest boots");
        Assert.True(Node.Exists($"/mnt/shared/saved/{guest.Name}.state.old"));
        guest.Agent("stop", parameters: ("snapshot", "")).Gives(OcfExit.Success);
    }

    [Fact]
    public void Start_MemoryOfAnUnfinishedRestore_IsKeptAndNotRestored()
    {
        // The agent was killed after libvirt had restored the guest, which has changed its disk since.
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/shared/saved");
        guest.Parameters["snapshot"] = "/mnt/shared/saved";
        guest.Start();
        guest.Agent("stop").Gives(OcfExit.Success);
        Node.Run("mv", $"/mnt/shared/saved/{guest.Name}.state", $"/mnt/shared/saved/{guest.Name}.state.restoring");

        AgentResult start = guest.Agent("start").Gives(OcfExit.Success);

        Until.True(() => guest.Boots == 2, "the guest boots instead");
        Assert.Contains($"{guest.Name}.state.restoring", start.Log);
        Assert.True(Node.Exists($"/mnt/shared/saved/{guest.Name}.state.restoring"));
        guest.Agent("stop", parameters: ("snapshot", "")).Gives(OcfExit.Success);
    }

    [Fact]
    public void Start_DiskIsAway_TheMemoryIsRestoredTheNextTime()
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/shared/saved");
        guest.Parameters["snapshot"] = "/mnt/shared/saved";
        guest.Start();
        guest.Agent("stop").Gives(OcfExit.Success);
        Node.Run("mv", guest.Disk, guest.Disk + ".away");
        guest.Agent("start", timeout: 20).Fails(OcfExit.GenericError, "restored");
        Assert.True(Node.Exists($"/mnt/shared/saved/{guest.Name}.state"));
        Node.Run("mv", guest.Disk + ".away", guest.Disk);

        guest.Agent("start").Gives(OcfExit.Success);

        Assert.True(guest.Runs);
        Assert.Empty(Directory.GetFiles(Node.PathOf("/mnt/shared/saved")));
        guest.Tell(GuestDoes.SwitchOff);
        guest.UntilGone();
        Assert.Equal(1, guest.Boots);
    }

    [Fact]
    public void Start_RestoreRefusedBeforeTheGuestRan_IsTriedAgainTheNextTime()
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/shared/saved");
        guest.Parameters["snapshot"] = "/mnt/shared/saved";
        guest.Start();
        guest.Agent("stop").Gives(OcfExit.Success);
        string lease = $"/mnt/shared/lockd/{guest.Lease}";
        int holder = int.Parse(Node.Run("bash", "-c",
            $"setsid python3 -c 'import fcntl,time; f=open(\"{lease}\",\"a+\"); fcntl.lockf(f,fcntl.LOCK_EX); open(\"/run/lease-held\",\"w\"); time.sleep(3600)' >/dev/null 2>&1 & echo $!"));
        Until.True(() => Node.Exists("/run/lease-held"), "another process takes the lease");

        guest.Agent("start", timeout: 20).Fails(OcfExit.GenericError, "locked");

        Assert.True(Node.Exists($"/mnt/shared/saved/{guest.Name}.state"));
        Node.Run("kill", $"{holder}");
        Node.Run("rm", "/run/lease-held");
        guest.Agent("start", timeout: 60).Gives(OcfExit.Success);
        guest.Tell(GuestDoes.SwitchOff);
        guest.UntilGone();
        Assert.Equal(1, guest.Boots);
    }

    [Fact]
    public void Start_MemoryFromBeforeTheLastStart_IsMovedAsideAndNotRestored()
    {
        // The guest has run without the parameter since its memory was saved.
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/shared/saved");
        string saved = $"/mnt/shared/saved/{guest.Name}.state";
        guest.Start();
        guest.Agent("stop", parameters: ("snapshot", "/mnt/shared/saved")).Gives(OcfExit.Success);
        Node.Run("touch", "-d", "1 hour ago", saved);
        Node.Run("mv", saved, saved + ".away");
        guest.Agent("start").Gives(OcfExit.Success);
        guest.Agent("stop").Gives(OcfExit.Success);
        Node.Run("mv", saved + ".away", saved);

        guest.Parameters["snapshot"] = "/mnt/shared/saved";
        AgentResult start = guest.Agent("start").Gives(OcfExit.Success);

        Until.True(() => guest.Boots == 3, "the guest boots instead");
        Assert.Contains(saved + ".old", start.Log);
        Assert.True(Node.Exists(saved + ".old"));
        guest.Agent("stop", parameters: ("snapshot", "")).Gives(OcfExit.Success);
    }

    [Fact]
    public void Start_AdministratorHadItsMemorySaved_BootsAndLeavesNothingThatVirshWouldRestoreLater()
    {
        TestGuest guest = NewGuest();
        Node.Virsh("define", guest.Config);
        guest.Start();
        Node.Virsh("managedsave", guest.Uuid);
        string saved = $"/var/lib/libvirt/qemu/save/{guest.Name}.save";
        Assert.True(Node.Exists(saved));

        AgentResult start = guest.Agent("start").Gives(OcfExit.Success);

        Until.True(() => guest.Boots == 2, "the guest boots");
        Assert.Contains(saved + ".old", start.Log);
        Assert.True(Node.Exists(saved + ".old"));
        Assert.False(Node.Exists(saved));
        guest.Agent("stop").Gives(OcfExit.Success);
        // Until it is restarted libvirt goes on to speak of the file.
        Node.Virsh("undefine", "--managed-save", guest.Uuid);
    }

    [Fact]
    public void Stop_MemoryOfAnEarlierRunLiesThere_IsMovedAsideWhateverBecomesOfTheNewOne()
    {
        TestGuest guest = NewGuest();
        Node.Run("mkdir", "-p", "/mnt/shared/saved");
        guest.Start();
        guest.Parameters["snapshot"] = "/mnt/shared/saved";
        Node.Write($"/mnt/shared/saved/{guest.Name}.state", "of an earlier run");

        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.Equal("of an earlier run", Node.Read($"/mnt/shared/saved/{guest.Name}.state.old"));
        guest.Agent("start").Gives(OcfExit.Success);
        guest.Agent("stop", parameters: ("snapshot", "")).Gives(OcfExit.Success);
    }
}
