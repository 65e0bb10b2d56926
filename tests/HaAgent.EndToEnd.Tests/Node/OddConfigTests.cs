using System.Text;
using System.Xml.Linq;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>Configuration files that are unusual and right: the guest starts, is known and stops.</summary>
public sealed class OddConfigTests(OneNode fixture) : NodeTest(fixture)
{
    [Theory]
    [InlineData("two words")]
    [InlineData("dots.in.it")]
    [InlineData("it's \"quoted\"")]
    [InlineData("$HOME `id` $(id)")]
    [InlineData("R&D <test>")]
    [InlineData("größe-東京")]
    [InlineData("back\\slash")]
    [InlineData("comma,separated")]
    [InlineData("-dash")]
    [InlineData("guest=x")]
    public void Lifecycle_OddName_Works(string name)
    {
        TestGuest guest = new TestGuest(Node, name + " " + Guid.NewGuid().ToString()[..8], disk: "/mnt/shared/odd.raw").SaveAs("/mnt/shared/odd name $x.xml");
        Lives(guest);

        // Without libvirt too: the process is found by name and UUID on its command line.
        Node.Daemon("kill", "libvirtd");
        guest.Agent("monitor", interval: 10).Gives(OcfExit.Success);
        guest.Agent("stop", timeout: 8).Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    [Theory]
    [InlineData("one line")]
    [InlineData("byte order mark")]
    [InlineData("UTF-16")]
    [InlineData("carriage returns")]
    [InlineData("comments")]
    [InlineData("a name in its metadata")]
    [InlineData("character references")]
    public void Lifecycle_OddText_Works(string oddity)
    {
        TestGuest guest = NewGuest();
        string xml = guest.Xml.ToString();
        byte[] bytes = oddity switch
        {
            "one line" => Encoding.UTF8.GetBytes(guest.Xml.ToString(SaveOptions.DisableFormatting).ReplaceLineEndings("")),
            "byte order mark" => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(xml)],
            "UTF-16" => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("<?xml version='1.0' encoding='UTF-16'?>" + xml)],
            "carriage returns" => Encoding.UTF8.GetBytes(xml.ReplaceLineEndings("\r\n")),
            "comments" => Encoding.UTF8.GetBytes("<!-- <name>wrong</name> -->" + xml.Replace("<name>", "<!-- <name>wrong</name> --><name>", StringComparison.Ordinal)),
            "a name in its metadata" => Encoding.UTF8.GetBytes(xml.Replace("<name>", "<metadata><a:app xmlns:a='urn:a'><a:name>wrong</a:name><name>wrong</name></a:app></metadata><name>", StringComparison.Ordinal)),
            "character references" => Encoding.UTF8.GetBytes(xml.Replace($"<name>{guest.Name}", $"<name>&#{(int)guest.Name[0]};{guest.Name[1..]}", StringComparison.Ordinal)),
            _ => throw new ArgumentOutOfRangeException(nameof(oddity)),
        };
        File.WriteAllBytes(Node.PathOf(guest.Config), bytes);

        Lives(guest);
        guest.Agent("stop").Gives(OcfExit.Success);
        Assert.False(guest.Runs);
    }

    private void Lives(TestGuest guest)
    {
        guest.Agent("start").Gives(OcfExit.Success);
        Assert.Single(guest.ProcessesOn(Node));
        Assert.Equal(guest.Name, Node.Virsh("domname", guest.Uuid));
        guest.Agent("monitor", interval: 60, level: 10).Gives(OcfExit.Success);
    }
}
