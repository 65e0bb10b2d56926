using System.Xml.Linq;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>The bash agent's options around the configuration, its image and what it needs.</summary>
public sealed class ConfigurationOptionsTests(OneNode fixture) : NodeTest(fixture)
{
    [Fact]
    public void Stop_SaveConfigOnStop_WritesBackWhatChangedWhileItRan()
    {
        TestGuest guest = NewGuest().Start();
        Node.Virsh("desc", guest.Uuid, "--live", "--title", "changed-while-it-ran");

        guest.Agent("stop", parameters: ("save_config_on_stop", "1")).Gives(OcfExit.Success);

        XDocument saved = XDocument.Parse(Node.Read(guest.Config));
        Assert.Equal("changed-while-it-ran", saved.Root!.Element("title")!.Value);
        guest.Start();
    }

    /// <summary>libvirt gives the definition as the configuration, whatever the guest was started with.</summary>
    [Fact]
    public void Monitor_SaveConfigOnStopOfAGuestThatIsDefinedOtherwise_LeavesTheConfigAlone()
    {
        TestGuest guest = NewGuest().With(g => g.Xml.Root!.AddFirst(new XElement("title", "defined long ago")));
        Node.Virsh("define", guest.Config);
        guest.With(g => g.Xml.Root!.Element("title")!.Value = "as it is started").Start();
        string before = Node.Read(guest.Config);

        AgentResult stop = guest.Agent("stop", parameters: ("save_config_on_stop", "1")).Gives(OcfExit.Success);

        Assert.Equal(before, Node.Read(guest.Config));
        Assert.Contains("virsh undefine", stop.Log);
        Node.Virsh("undefine", guest.Uuid);
    }

    [Fact]
    public void Stop_ByDefault_LeavesTheConfigAlone()
    {
        TestGuest guest = NewGuest().Start();
        string before = Node.Read(guest.Config);
        Node.Virsh("desc", guest.Uuid, "--live", "--title", "changed-while-it-ran");

        guest.Agent("stop").Gives(OcfExit.Success);

        Assert.Equal(before, Node.Read(guest.Config));
    }

    [Theory]
    [InlineData("true", 1)]
    [InlineData("false", 2)]
    public void Start_BackingFile_RunsFromAnOverlayWithTheRightBackingFormat(string stateless, int bootsSeen)
    {
        string name = "overlay-" + stateless;
        var guest = new TestGuest(Node, name, disk: $"/mnt/shared/{name}-base.raw");
        string overlay = $"/mnt/shared/{name}.qcow2";
        guest.With(g =>
        {
            g.Devices.Element("disk")!.Element("driver")!.SetAttributeValue("type", "qcow2");
            g.Devices.Element("disk")!.Element("source")!.SetAttributeValue("file", overlay);
        });
        guest.Parameters["backingfile"] = guest.Disk;
        guest.Parameters["stateless"] = stateless;

        guest.Agent("start").Gives(OcfExit.Success);
        Until.True(() => BootsIn(overlay) == 1, "the guest counts its boot in the overlay");
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.Contains("\"backing-filename-format\": \"raw\"", Node.Run("qemu-img", "info", "--output", "json", overlay));

        guest.Agent("start").Gives(OcfExit.Success);
        Until.True(() => BootsIn(overlay) == bootsSeen, "the guest boots again");
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.Equal(0, guest.Boots);
    }

    [Fact]
    public void Start_QemuImgWarnsAndSaysMuch_TheBackingFormatIsStillRight()
    {
        var guest = new TestGuest(Node, "talkative", disk: "/mnt/shared/talkative-base.raw");
        string overlay = "/mnt/shared/talkative.qcow2";
        guest.With(g =>
        {
            g.Devices.Element("disk")!.Element("driver")!.SetAttributeValue("type", "qcow2");
            g.Devices.Element("disk")!.Element("source")!.SetAttributeValue("file", overlay);
        });
        guest.Parameters["backingfile"] = guest.Disk;
        Node.Run("mkdir", "-p", "/run/talkative");
        Node.Write("/run/talkative/qemu-img", """
            #!/bin/bash
            [ "$1" = info ] && { echo "qemu-img: warning: {" >&2; for i in {1..200}; do echo "warning $i: something that is no part of the answer" >&2; done; }
            exec /usr/bin/qemu-img "$@"
            """);
        Node.Run("chmod", "755", "/run/talkative/qemu-img");

        (guest.Call("start") with { Variables = new() { ["PATH"] = "/run/talkative:/usr/sbin:/usr/bin:/sbin:/bin" } }).RunOn(Node).Gives(OcfExit.Success);

        guest.Agent("stop", parameters: ("force_stop", "1")).Gives(OcfExit.Success);
        Assert.Contains("\"backing-filename-format\": \"raw\"", Node.Run("qemu-img", "info", "--output", "json", overlay));
    }

    [Theory]
    [InlineData("/usr/local/bin/qemu-without-image-locks")]
    [InlineData("/usr/bin/qemu-system-x86_64")]
    public void Start_StatelessAndTheImageIsInUse_LeavesTheImageAlone(string emulator)
    {
        var guest = new TestGuest(Node, "in-use", disk: "/mnt/shared/in-use-base.raw");
        string overlay = "/mnt/shared/in-use.qcow2";
        guest.With(g =>
        {
            g.Devices.Element("emulator")!.Value = emulator;
            g.Devices.Element("disk")!.Element("driver")!.SetAttributeValue("type", "qcow2");
            g.Devices.Element("disk")!.Element("source")!.SetAttributeValue("file", overlay);
        });
        guest.Parameters["backingfile"] = guest.Disk;
        guest.Parameters["stateless"] = "true";
        guest.Agent("start").Gives(OcfExit.Success);
        string before = Node.Run("stat", "-c", "%i", overlay);

        // As on another node: another resource and another domain, whose image is the same file. It is called after what stands before the first dot.
        string other = Guid.NewGuid().ToString();
        guest.Parameters["config"] = "/mnt/shared/in-use.too.xml";
        Node.Write("/mnt/shared/in-use.too.xml", guest.Xml.ToString().Replace(guest.Uuid, other, StringComparison.Ordinal).Replace("<name>in-use</name>", "<name>in-use-too</name>", StringComparison.Ordinal));
        AgentResult start = new AgentCall("start", "in-use-too") { Parameters = guest.Parameters, Timeout = 20 }.RunOn(Node);

        start.Fails(OcfExit.GenericError, overlay, "not made anew");
        Assert.Equal(before, Node.Run("stat", "-c", "%i", overlay));
        Assert.True(guest.Runs);
    }

    [Fact]
    public void Start_StartResources_StartsThePoolItNeeds()
    {
        TestGuest guest = NewGuest(disk: "/mnt/shared/pooled.raw");
        Node.Run("bash", "-c", "mkdir -p /mnt/shared/pool && mv /mnt/shared/pooled.raw /mnt/shared/pool/");
        Node.Virsh("pool-define-as", "guests", "dir", "--target", "/mnt/shared/pool");
        guest.With(g =>
        {
            XElement disk = g.Devices.Element("disk")!;
            disk.SetAttributeValue("type", "volume");
            disk.Element("source")!.ReplaceAttributes(new XAttribute("pool", "guests"), new XAttribute("volume", "pooled.raw"));
        });
        Assert.Contains("inactive", Node.Virsh("pool-list", "--all"));

        guest.Agent("start", parameters: ("start_resources", "1")).Gives(OcfExit.Success);

        Assert.Contains(" active", Node.Virsh("pool-list", "--all"));
        guest.Agent("monitor", interval: 60, level: 10).Gives(OcfExit.Success);
        guest.Agent("stop").Gives(OcfExit.Success);
        Node.Virsh("pool-destroy", "guests");
        Node.Virsh("pool-undefine", "guests");
    }

    [Fact]
    public void AnyAction_HypervisorNamed_EveryConnectionUsesIt()
    {
        // libvirt's test driver knows no such guest: an agent that asked its default would see it.
        TestGuest guest = NewGuest();
        Node.Virsh("create", guest.Config);

        guest.Agent("monitor", interval: 10, parameters: ("hypervisor", "qemu:///system")).Gives(OcfExit.Success);
        Assert.NotEqual(OcfExit.Success, guest.Agent("monitor", interval: 10, parameters: ("hypervisor", "test:///default")).ExitCode);
    }

    private int BootsIn(string overlay)
    {
        // QEMU holds a lock of its own on a qcow2 that it writes; -U reads in spite of it.
        Finished read = Node.Try("qemu-io", "-U", "-r", "-f", "qcow2", "-c", "read -v 1024 4", overlay);
        string[] words = read.Output.Split('\n')[0].Split([' '], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && words[0].StartsWith("00000400", StringComparison.Ordinal) ? Convert.ToInt32(words[1], 16) : -1;
    }
}
