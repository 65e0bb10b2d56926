using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cluster.Tests.Facts;

/// <summary>Which of the two ways to run libvirt a node has. To start the other one ends the first, under its guests.</summary>
public sealed class LibvirtFlavourTests
{
    [Theory]
    [InlineData("virtqemud", "", "libvirtd.service virtqemud.socket", "libvirtd virtqemud", "virtqemud")] // it runs, both are enabled
    [InlineData("libvirtd", "", "libvirtd.service virtqemud.socket", "libvirtd virtqemud", "libvirtd")]
    [InlineData("", "virtqemud.socket", "libvirtd.service virtqemud.socket", "libvirtd virtqemud", "virtqemud")] // its socket listens
    [InlineData("", "libvirtd.socket", "virtqemud.service", "libvirtd virtqemud", "libvirtd")]
    [InlineData("", "", "libvirtd.service", "libvirtd virtqemud", "libvirtd")]
    [InlineData("", "", "", "libvirtd virtqemud", "virtqemud")]
    [InlineData("", "", "", "libvirtd", "libvirtd")]
    [InlineData("", "", "", "", null)]
    public void Of_OneIsInUse_ItCounts(string runs, string listens, string enabled, string installed, string? expected)
    {
        string[] names = ["libvirtd.service", "libvirtd.socket", "virtqemud.service", "virtqemud.socket"];
        var node = new NodeFacts("alice")
        {
            Daemons = Fact.Known<IReadOnlyList<DaemonFact>>([
                .. Words(runs).Select(name => new DaemonFact(name, 7, TimeSpan.FromHours(1), [name])),
            ]),
            Units = Fact.Known<IReadOnlyDictionary<string, UnitFact>>(
                names.ToDictionary(
                    name => name,
                    name => new UnitFact(
                        "loaded",
                        Words(listens).Contains(name) ? "active" : "inactive",
                        Words(enabled).Contains(name) ? "enabled" : "disabled"
                    )
                )
            ),
            Programs = Fact.Known<IReadOnlyList<string>>(Words(installed)),
        };

        Assert.Equal(expected, LibvirtFlavour.Of(node).Value?.Daemon);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
