using System.Xml.Linq;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A disk that several guests write to: each node holds the shared lease, and the kernel names one of them to whoever asks.</summary>
public sealed class ShareableDiskTests(TwoNodes nodes) : MigrationTest(nodes)
{
    [Fact]
    public void Monitor_GuestsOnTwoNodesShareADisk_BothHoldTheirLease()
    {
        Alice.Run("truncate", "-s", "1M", "/mnt/shared/common.raw");
        TestGuest here = NewGuest().With(AddCommonDisk).Start();
        TestGuest there = new TestGuest(Bob, $"sharer-{Guid.NewGuid().ToString()[..8]}").With(AddCommonDisk).Start();

        foreach (TestGuest guest in new[] { here, there })
            Assert.DoesNotContain("Cannot tell", guest.Agent("monitor", interval: 60, level: 10).Gives(OcfExit.Success).Log);

        there.Agent("stop").Gives(OcfExit.Success);
        Assert.DoesNotContain("Cannot tell", here.Agent("monitor", interval: 60, level: 10).Gives(OcfExit.Success).Log);
    }

    private static void AddCommonDisk(TestGuest guest) => guest.Devices.Add(new XElement("disk", new XAttribute("type", "file"), new XAttribute("device", "disk"),
        new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", "raw")),
        new XElement("source", new XAttribute("file", "/mnt/shared/common.raw")),
        new XElement("target", new XAttribute("dev", "vdb"), new XAttribute("bus", "virtio")),
        new XElement("shareable")));
}
