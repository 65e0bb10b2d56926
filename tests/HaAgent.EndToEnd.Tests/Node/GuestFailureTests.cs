using System.Xml.Linq;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>Guests that fail by themselves: what monitor says of them, and that stop still ends them.</summary>
public sealed class GuestFailureTests(OneNode fixture) : NodeTest(fixture)
{
    [Fact]
    public void Monitor_GuestReboots_IsNeverAFailure()
    {
        TestGuest guest = NewGuest().Start();

        guest.Tell(GuestDoes.RebootOnce);
        do
        {
            guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        }
        while (guest.Boots < 2);
        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
    }

    [Fact]
    public void Monitor_PausedByAdministrator_IsNoFailure()
    {
        TestGuest guest = NewGuest().Start();
        Node.Virsh("suspend", guest.Uuid);

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("monitor", interval: 10, level: 10).Gives(OcfExit.Success);
    }

    [Theory]
    [InlineData("fail", OcfExit.GenericError)]
    [InlineData("degraded", OcfExit.Degraded)]
    [InlineData("ignore", OcfExit.Success)]
    public void Monitor_PausedByIoError_FollowsThePolicy(string policy, OcfExit expected)
    {
        TestGuest guest = GuestOnFullDisk().Start();
        guest.Tell(GuestDoes.WriteSectors);
        Until.True(() => guest.State == "paused (I/O error)", "the guest is paused by an I/O error");

        AgentResult monitor = guest.Agent("monitor", interval: 10, parameters: ("on_paused_error", policy)).Gives(expected);
        if (expected != OcfExit.Success) Assert.Contains("paused", Assert.Single(monitor.Reasons));

        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Theory]
    [InlineData("fail", OcfExit.GenericError)]
    [InlineData("degraded", OcfExit.Degraded)]
    public void Monitor_PausedByWatchdog_FollowsThePolicy(string policy, OcfExit expected)
    {
        TestGuest guest = NewGuest().With(g => g.Devices.Add(new XElement("watchdog", new XAttribute("model", "ib700"), new XAttribute("action", "pause")))).Start();
        guest.Tell(GuestDoes.LetWatchdogExpire);
        Until.True(() => guest.State == "paused (watchdog)", "the watchdog pauses the guest");

        guest.Agent("monitor", interval: 10, parameters: ("on_paused_error", policy)).Fails(expected, "watchdog");
    }

    [Fact]
    public void Monitor_PanickedAndPreserved_FailsAndIsDestroyedByStop()
    {
        TestGuest guest = NewGuest().With(g => g.Xml.Root!.Element("on_crash")!.Value = "preserve").Start();
        guest.Tell(GuestDoes.Panic);
        Until.True(() => guest.State.StartsWith("crashed", StringComparison.Ordinal), "the guest panics");

        guest.Agent("monitor", interval: 10).Fails(OcfExit.GenericError, "crashed");

        // It will not answer the power button, so it is not asked: this timeout has no time for that.
        guest.Agent("stop", timeout: 10, parameters: ("stop_reserve", "1")).Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Monitor_PanickedAndDestroyed_NotRunning()
    {
        TestGuest guest = NewGuest().Start();

        guest.Tell(GuestDoes.Panic);
        guest.UntilGone();

        guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
        guest.Agent("stop").Gives(OcfExit.Success);
    }

    [Fact]
    public void Monitor_SuspendedToMemory_IsActive()
    {
        TestGuest guest = NewGuest().With(g => g.Xml.Root!.Element("features")!.AddAfterSelf(
            new XElement("pm", new XElement("suspend-to-mem", new XAttribute("enabled", "yes"))))).Start();
        guest.Tell(GuestDoes.SuspendToMemory);
        Until.True(() => guest.State.StartsWith("pmsuspended", StringComparison.Ordinal), "the guest suspends itself");

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);

        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Monitor_QemuStandsStill_OnlyTheDeepOneSeesIt()
    {
        TestGuest guest = NewGuest().Start();
        guest.Signal("STOP");

        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("monitor", timeout: 20, interval: 60, level: 10).Fails(OcfExit.GenericError);
    }

    [Fact]
    public void Monitor_QemuKilled_NotRunning()
    {
        TestGuest guest = NewGuest().Start();
        guest.Signal("KILL");
        guest.UntilGone();

        guest.Agent("monitor", interval: 10).Gives(OcfExit.NotRunning);
        guest.Agent("stop").Gives(OcfExit.Success);
    }

    [Fact]
    public void Start_GuestDiesRightAfterItsCreation_FailsLongBeforeTheTimeout()
    {
        // libvirt runs this hook when the guest runs, and before the agent hears that it does.
        Node.Run("mkdir", "-p", "/etc/libvirt/hooks");
        Node.Write("/etc/libvirt/hooks/qemu", "#!/bin/sh\n[ \"$2\" != started ] || kill -KILL \"$(cat \"/run/libvirt/qemu/$1.pid\")\"\nexit 0\n");
        Node.Run("chmod", "755", "/etc/libvirt/hooks/qemu");
        Node.Daemon("stop", "libvirtd"); // hooks are looked for when it starts
        Node.Daemon("start", "libvirtd");
        TestGuest guest = NewGuest();

        // Killed at its timeout, as Pacemaker would, this test fails after two minutes; "at once" is the only other way to end.
        AgentResult start = guest.Agent("start", timeout: 120);

        Node.Run("rm", "/etc/libvirt/hooks/qemu");
        start.Fails(OcfExit.GenericError, guest.Name);
        guest.Agent("stop").Gives(OcfExit.Success);
    }

    [Fact]
    public void Start_QemuRefusesItsConfiguration_FailsAtOnce()
    {
        TestGuest guest = NewGuest().With(g => g.Devices.Element("emulator")!.Value = "/bin/false");

        guest.Agent("start", timeout: 120).Fails(OcfExit.GenericError);
    }

    private TestGuest GuestOnFullDisk()
    {
        Node.Run("mkdir", "-p", "/mnt/small");
        Node.Run("mount", "-t", "tmpfs", "-o", "size=64k", "small", "/mnt/small");
        TestGuest guest = NewGuest(disk: $"/mnt/small/{Guid.NewGuid()}.raw");
        return guest.With(g => g.Devices.Element("disk")!.Element("driver")!.SetAttributeValue("error_policy", "stop"));
    }
}
