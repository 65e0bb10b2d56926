using System.Xml.Linq;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>What virtlockd really does, and what the agent makes of it.</summary>
[Trait("Root", "any")]
public sealed class LockTests(OneNode fixture) : NodeTest(fixture)
{
    private const string Lockspace = "/mnt/shared/lockd";

    [Fact]
    public void Start_LockHeldElsewhere_NamesDiskAndLease()
    {
        TestGuest holder = NewGuest().Start();
        TestGuest guest = NewGuest(disk: "/mnt/shared/unused.raw").With(g => g.Devices.Element("disk")!.Element("source")!.SetAttributeValue("file", holder.Disk));

        guest.Agent("start", timeout: 20).Fails(OcfExit.GenericError, holder.Disk, $"{Lockspace}/{holder.Lease}");

        Assert.False(guest.Runs);
        Assert.True(holder.Runs);
    }

    [Fact]
    public async Task Start_LockGivenBackMeanwhile_Starts()
    {
        TestGuest holder = NewGuest().Start();
        TestGuest guest = NewGuest(disk: "/mnt/shared/unused.raw").With(g => g.Devices.Element("disk")!.Element("source")!.SetAttributeValue("file", holder.Disk));
        Task<AgentResult> start = Task.Run(() => guest.Agent("start", timeout: 60));
        Until.True(() => Node.Read($"/var/log/libvirt/libvirtd.log").Contains(holder.Lease, StringComparison.Ordinal), "libvirt refuses the lock once");

        holder.Agent("stop", parameters: ("force_stop", "1")).Gives(OcfExit.Success);

        (await start).Gives(OcfExit.Success);
        Assert.True(guest.Runs);
    }

    [Fact]
    public void Start_QemusOwnImageLockHeld_FailsWithTheDisk()
    {
        // Debian's plain QEMU on a file: its own lock fires before virtlockd's.
        TestGuest holder = NewGuest().With(g => g.Devices.Element("emulator")!.Value = "/usr/bin/qemu-system-x86_64").Start();
        TestGuest guest = NewGuest(disk: "/mnt/shared/unused.raw").With(g =>
        {
            g.Devices.Element("emulator")!.Value = "/usr/bin/qemu-system-x86_64";
            g.Devices.Element("disk")!.Element("source")!.SetAttributeValue("file", holder.Disk);
        });

        guest.Agent("start", timeout: 20).Fails(OcfExit.GenericError, holder.Disk);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Monitor_LeasesHeld_TheDeepOneIsContent()
    {
        TestGuest guest = NewGuest().With(g => g.Devices.Add(Disk("vdb", "second"), Disk("vdc", "read-only", "readonly"), Disk("vdd", "shareable", "shareable"))).Start();

        guest.Agent("monitor", interval: 60, level: 10).Gives(OcfExit.Success);
    }

    [Theory]
    [InlineData("fail", OcfExit.GenericError)]
    [InlineData("degraded", OcfExit.Degraded)]
    [InlineData("ignore", OcfExit.Success)]
    public void Monitor_VirtlockdKilled_TheDeepOneFollowsThePolicy(string policy, OcfExit expected)
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon("kill", "virtlockd");
        Assert.True(guest.Runs);

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        AgentResult deep = guest.Agent("monitor", interval: 60, level: 10, parameters: ("on_lock_lost", policy)).Gives(expected);

        if (expected != OcfExit.Success) deep.Fails(expected, guest.Disk, guest.Lease);
        else Assert.Contains(guest.Disk, deep.Log);
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Monitor_VirtlockdKilledAndRestarted_TheLeaseIsStillLost()
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon("kill", "virtlockd");
        Node.Daemon("start", "virtlockd");

        guest.Agent("monitor", interval: 60, level: 10).Fails(OcfExit.GenericError, guest.Lease);
    }

    [Fact]
    public void Monitor_AnotherProcessHoldsTheLease_TheDeepOneFails()
    {
        // Held, but not by virtlockd: the file's name alone proves nothing.
        TestGuest guest = NewGuest().Start();
        Node.Daemon("kill", "virtlockd");
        string lease = $"{Lockspace}/{guest.Lease}";
        Node.Run("bash", "-c", $"setsid python3 -c 'import fcntl,time; f=open(\"{lease}\",\"r+\"); fcntl.lockf(f,fcntl.LOCK_EX); open(\"/run/held\",\"w\"); time.sleep(3600)' >/dev/null 2>&1 &");
        Until.True(() => Node.Exists("/run/held"), "another process takes the lease");

        AgentResult deep = guest.Agent("monitor", interval: 60, level: 10);

        Node.Run("pkill", "-f", "import fcntl,time");
        Node.Run("rm", "/run/held");
        deep.Fails(OcfExit.GenericError, guest.Lease);
    }

    [Fact]
    public void MonitorAndStop_VirtlockdStopped_TookTheGuestWithIt()
    {
        TestGuest guest = NewGuest().Start();
        Node.Daemon("stop", "virtlockd");
        guest.UntilGone();

        guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
        guest.Agent("stop").Gives(OcfExit.Success);
    }

    [Fact]
    public void Start_VirtlockdGone_FailsAndNamesIt()
    {
        TestGuest guest = NewGuest();
        Node.Daemon("stop", "virtlockd");

        guest.Agent("start").Fails(OcfExit.GenericError, "virtlockd");
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Start_VirtlockdRestarted_SaysThatLibvirtMustBeRestarted()
    {
        TestGuest guest = NewGuest();
        Node.Daemon("stop", "virtlockd");
        Node.Daemon("start", "virtlockd");

        guest.Agent("start").Fails(OcfExit.NotInstalled, "virtlockd", "restart");
        Assert.False(guest.Runs);

        Node.Daemon("stop", "libvirtd");
        Node.Daemon("start", "libvirtd");
        guest.Start();
    }

    [Fact]
    public void Start_LockspaceMissing_Refused()
    {
        TestGuest guest = NewGuest();
        Node.Run("rm", "-r", Lockspace);

        guest.Agent("start").Fails(OcfExit.NotInstalled, Lockspace);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Start_LockspaceOnALocalMountOfItsOwn_Refused()
    {
        // The volume's mark lies beside it, but not on it.
        TestGuest guest = NewGuest();
        Node.Run("mount", "-t", "tmpfs", "own", Lockspace);
        try
        {
            guest.Agent("start").Fails(OcfExit.NotInstalled, Lockspace, "tmpfs", "only this node");
        }
        finally
        {
            Node.Run("umount", Lockspace);
        }

        Assert.False(guest.Runs);
        guest.Start();
    }

    [Fact]
    public void Start_ShadowDirectory_RefusedUnlessLocksAreNotRequired()
    {
        // libvirtd came before the mount and made the lockspace on the root file system, where it protects nothing.
        Node.UnmountShared();
        Node.Run("mkdir", "-p", Lockspace);
        TestGuest guest = NewGuest();

        guest.Agent("start").Fails(OcfExit.NotInstalled, Lockspace, "mount");
        Assert.False(guest.Runs);

        guest.Agent("start", parameters: ("require_lock", "false")).Gives(OcfExit.Success);
    }

    [Fact]
    public void ValidateAll_Level10_LockspaceOnALocalMount_IsRefusedAsStartWouldBe()
    {
        TestGuest guest = NewGuest();
        guest.Agent("validate-all", level: 10).Gives(OcfExit.Success);
        Node.Run("mount", "-t", "tmpfs", "own", Lockspace);
        try
        {
            guest.Agent("validate-all", level: 10).Fails(OcfExit.NotInstalled, Lockspace, "tmpfs", "only this node");
        }
        finally
        {
            Node.Run("umount", Lockspace);
        }
    }

    private XElement Disk(string target, string name, params string[] marks)
    {
        Node.Run("truncate", "-s", "1M", $"/mnt/shared/{name}.raw");
        return new XElement("disk", new XAttribute("type", "file"), new XAttribute("device", "disk"),
            new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", "raw")),
            new XElement("source", new XAttribute("file", $"/mnt/shared/{name}.raw")),
            new XElement("target", new XAttribute("dev", target), new XAttribute("bus", "virtio")),
            marks.Select(mark => new XElement(mark)));
    }
}
