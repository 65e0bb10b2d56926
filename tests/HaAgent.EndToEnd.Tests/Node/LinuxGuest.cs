using System.Xml.Linq;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>The tiny Linux of tests/lab/guest with the QEMU guest agent inside: for what a boot sector cannot do.</summary>
internal static class LinuxGuest
{
    private static readonly Lazy<string> Images = new(Build);

    private static string QuickBoot => File.ReadAllText(Path.Combine(Repository.Root, "tests/lab/guest/quick-boot")).Trim();

    /// <summary>Turns a guest into a Linux; call before its start.</summary>
    /// <param name="options">The kernel command line that tests/lab/guest/init understands.</param>
    public static TestGuest AsLinux(this TestGuest guest, string options = "") => guest.With(g =>
    {
        XElement root = g.Xml.Root!;
        root.Element("memory")!.Value = "96";
        root.Element("os")!.Add(
            new XElement("kernel", Path.Combine(Images.Value, "vmlinuz")),
            new XElement("initrd", Path.Combine(Images.Value, "initrd-agent")),
            new XElement("cmdline", $"console=ttyS0 quiet panic=-1 {QuickBoot} haagent.name={g.Name} {options}"));
        g.Devices.Add(
            new XElement("serial", new XAttribute("type", "file"), new XElement("source", new XAttribute("path", Console(g)))),
            new XElement("channel", new XAttribute("type", "unix"), new XElement("target", new XAttribute("type", "virtio"), new XAttribute("name", "org.qemu.guest_agent.0"))));
    });

    public static void StartLinux(this TestGuest guest, LabNode node)
    {
        guest.Agent("start").Gives(OcfExit.Success);
        Until.True(() => node.Exists(Console(guest)) && node.Read(Console(guest)).Contains("guest ready", StringComparison.Ordinal), "Linux boots", boundSeconds: 120);
    }

    public static void UntilAgentAnswers(this TestGuest guest, LabNode node) =>
        Until.True(() => node.Try("virsh", "-q", "-c", "qemu:///system", "qemu-agent-command", guest.Uuid, "{\"execute\":\"guest-ping\"}").ExitCode == 0, "the guest agent answers", boundSeconds: 60);

    private static string Console(TestGuest guest) => $"/run/{guest.Name}.console";

    private static string Build()
    {
        string directory = Path.Combine(Repository.Root, "out/guest");
        Finished build = Command.Run([Path.Combine(Repository.Root, "tests/lab/guest/build"), directory], TimeSpan.FromMinutes(5));
        return build.ExitCode == 0 ? directory : throw new InvalidOperationException($"{build.Line}: {build.ExitCode}\n{build.Output}{build.Error}");
    }
}
