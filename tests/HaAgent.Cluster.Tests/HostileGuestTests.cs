using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using HaAgent.Cluster.Add;
using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Tests.Scenarios;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cluster.Tests;

/// <summary>A guest's XML is foreign: whatever stands in its title, its paths and its names travels as data and arrives unchanged.</summary>
public sealed class HostileGuestTests
{
    private static readonly string[] Pieces =
    [
        "$(touch /tmp/x)", "`id`", "'", "\"", ";", "\n", "END OF PATHS", "END OF CIB", "\nEND\n", "|", "&", "\\", " ", "\t", "<", ">", "]]>", "&amp;", "${IFS}", "!", "*", "?", "~", "é", "漢", "\u0085", "--", "%n", "{0}", "a", "b", "c",
    ];

    [Fact]
    public void Look_TenThousandGuests_EveryPathIsAskedForAsItStandsInTheXml()
    {
        var random = new Random(20250815);
        Snapshot snapshot = new PlannerCase("add", "one-guest").Current;
        for (int round = 0; round < 10_000; round++)
        {
            string[] paths = [.. Enumerable.Range(0, 3).Select(i => $"/{i}{Text(random)}")];
            string xml = Guest(Text(random), paths);

            GuestFacts guest = GuestFacts.Of(snapshot, new Candidates(["VM1"], false, new Dictionary<string, string> { ["VM1"] = xml })).Single(g => g.Name == "VM1");
            var question = new PathsQuestion([.. guest.Paths.Select(p => p.Path)]);
            var arrived = (PathsQuestion)JsonSerializer.Deserialize(
                JsonSerializer.SerializeToUtf8Bytes(new NodeRequest(1, "n", 1) { Questions = [question] }, NodeJson.Default.NodeRequest), NodeJson.Default.NodeRequest)!.Questions[0];

            Assert.NotNull(guest.Xml);
            Assert.Subset(arrived.Paths.ToHashSet(), paths.ToHashSet());
            Assert.Equal(question.Paths, arrived.Paths);
        }
    }

    [Fact]
    public void Plan_HostileGuest_ItsXmlIsWrittenAsItIsAndRunNowhere()
    {
        string[] paths = ["/mnt/shared/$(touch /tmp/x).raw", "/mnt/shared/a\nEND OF PATHS\ntouch /tmp/x\n.raw", "/mnt/shared/'; touch /tmp/x; '.raw"];
        string xml = Guest("title\nEND OF PATHS\ntouch /tmp/x\n", paths);
        Snapshot snapshot = Seen(new PlannerCase("add", "one-guest").Current, paths);
        var candidates = new Candidates(["VM1"], false, new Dictionary<string, string> { ["VM1"] = xml });
        var scope = new CheckScope(snapshot, "cl-virt-lock", [], GuestFacts.Of(snapshot, candidates));

        Plan plan = AddPlanner.PlanFor(new AddIntent("cl-virt-lock"), scope, ["VM1"]);

        Assert.Empty(plan.Refusals);
        Change.WriteFile written = Assert.Single(plan.Changes.OfType<Change.WriteFile>());
        Assert.Equal(xml + "\n", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(written.After!)));
        Assert.NotEmpty(CheckTable.Look(scope));
    }

    [Fact]
    public void Everything_OneNodeDoesNotSayWhichGuestsItHas_IsRefused()
    {
        Snapshot snapshot = new PlannerCase("add", "libvirt-silent-on-bob").Current;
        var candidates = new Candidates([], true, new Dictionary<string, string>());

        Plan plan = AddPlanner.Everything(new CheckScope(snapshot, "cl-virt-lock", [], GuestFacts.Of(snapshot, candidates)), out _);

        Assert.Contains("cannot tell which guests there are on bob", Assert.Single(plan.Refusals).Sentence, StringComparison.Ordinal);
    }

    private static Snapshot Seen(Snapshot snapshot, string[] paths)
    {
        Fact<PathFact> file = Fact.Known(new PathFact { Kind = PathKind.File, RealPath = "", MountPoint = "/mnt/shared", Identity = Fact.Absent<string>(), Size = 1, StableNames = [] });
        return snapshot with { Nodes = [.. snapshot.Nodes.Select(node => node with { Paths = paths.Concat(["/usr/bin/qemu"]).ToDictionary(path => path, _ => file) })] };
    }

    // A line end in an attribute is written as a reference, and read as the line end it is.
    private static string Guest(string title, string[] paths) => new XElement("domain", new XAttribute("type", "kvm"),
        new XElement("name", "VM1"), new XElement("uuid", "5b9c0000-0000-4000-8000-000000000011"), new XElement("title", title), new XElement("description", title),
        new XElement("devices", new XElement("emulator", "/usr/bin/qemu"),
            paths.Select((path, i) => new XElement("disk", new XAttribute("type", "file"), new XAttribute("device", "disk"),
                new XElement("source", new XAttribute("file", path)), new XElement("target", new XAttribute("dev", $"vd{(char)('a' + i)}")))))).ToString();

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Pieces[random.Next(Pieces.Length)]));
}
