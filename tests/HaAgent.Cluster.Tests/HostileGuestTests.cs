using System.Collections.Concurrent;
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
using HaAgent.Core.Text;
using Xunit;

namespace HaAgent.Cluster.Tests;

/// <summary>A guest's XML is foreign: whatever stands in its title, its paths and its names travels as data and arrives unchanged.</summary>
public sealed class HostileGuestTests
{
    private const int Many = 100_000;
    private const string Evil = "\u2620";

    private static readonly string[] Pieces =
    [
        "$(touch /tmp/x)", "`id`", "'", "\"", ";", "\n", "END OF PATHS", "END OF CIB", "\nEND\n", "|", "&", "\\", " ", "\t", "<", ">", "]]>", "&amp;", "${IFS}", "!", "*", "?", "~", "é", "漢", "\u0085", "--", "%n", "{0}", "a", "b", "c",
    ];

    [Fact]
    public void Look_HundredThousandGuests_EveryPathIsAskedForAsItStandsAndEveryAdviceIsQuoted()
    {
        Snapshot snapshot = new PlannerCase("add", "one-guest").Current;
        var problems = new ConcurrentBag<string>();
        Parallel.For(0, Many, (number, loop) =>
        {
            if (One(snapshot, number) is { } problem)
            {
                problems.Add($"{number}: {problem}");
                loop.Stop();
            }
        });
        Assert.Empty(problems);
    }

    // One number makes one guest; what is wrong with what is said of it, or null.
    private static string? One(Snapshot snapshot, int number)
    {
        var random = new Random(number);
        string name = $"{Evil}{Text(random)}".Replace('/', '-').Replace("\n", "", StringComparison.Ordinal);
        string[] paths = [.. Enumerable.Range(0, 3).Select(i => $"/{i}{Evil}{Text(random)}")];
        string xml = Guest(name, Text(random), paths);
        var candidates = new Candidates([name], false, new Dictionary<string, string> { [name] = xml });
        IReadOnlyList<GuestFacts> guests = GuestFacts.Of(snapshot, candidates);
        GuestFacts guest = guests.Single(g => g.Name == name);
        if (guest.Xml is null)
            return guest.Problem;
        var question = new PathsQuestion([.. guest.Paths.Select(p => p.Path)]);
        var arrived = (PathsQuestion)JsonSerializer.Deserialize(
            JsonSerializer.SerializeToUtf8Bytes(new NodeRequest(1, "n", 1) { Questions = [question] }, NodeJson.Default.NodeRequest), NodeJson.Default.NodeRequest)!.Questions[0];
        if (!paths.ToHashSet().IsSubsetOf(arrived.Paths) || !question.Paths.SequenceEqual(arrived.Paths))
            return $"asked for {string.Join(", ", arrived.Paths)}";

        var scope = new CheckScope(Seen(snapshot, paths, random), "cl-virt-lock", [], guests);
        Plan plan = AddPlanner.PlanFor(new AddIntent("cl-virt-lock") { GuestNode = random.Next(4) == 0 ? name : null }, scope, [name]);
        IReadOnlyList<Finding> findings = CheckTable.Look(scope);
        string[] words = [.. paths.Append(name).Append($"/mnt/shared/{name}.xml").Select(ShellWord.Quote)];
        foreach (Advice advice in findings.Select(f => f.Mend).OfType<Advice>().Concat(plan.Refusals.Select(r => r.WayOut)))
        {
            if (words.Aggregate(advice.ToString(), (text, word) => text.Replace(word, "", StringComparison.Ordinal)).Contains(Evil, StringComparison.Ordinal))
                return $"advice: {advice}";
        }

        return findings.Count > 0 ? PlanText.Lines(plan with { Refusals = [] }).FirstOrDefault(line => line.Contains('\n', StringComparison.Ordinal)) : "nothing was looked at";
    }

    [Fact]
    public void Plan_HostileGuest_ItsXmlIsWrittenAsItIsAndRunNowhere()
    {
        string[] paths = ["/mnt/shared/$(touch /tmp/x).raw", "/mnt/shared/a\nEND OF PATHS\ntouch /tmp/x\n.raw", "/mnt/shared/'; touch /tmp/x; '.raw"];
        string xml = Guest("VM1", "title\nEND OF PATHS\ntouch /tmp/x\n", paths);
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
        return See(snapshot, paths, _ => file);
    }

    // On each node something else may lie there, nothing, or nobody knows.
    private static Snapshot Seen(Snapshot snapshot, string[] paths, Random random) =>
        See(snapshot, paths, path => random.Next(5) switch
        {
            0 => Fact.Absent<PathFact>(),
            1 => Fact.NotLearned<PathFact>($"{path}: no answer"),
            2 => Fact.Known(new PathFact { Kind = PathKind.Block, RealPath = path, MountPoint = "/dev", Identity = Fact.Known(path), Size = random.Next(2), StableNames = [path] }),
            _ => Fact.Known(new PathFact { Kind = PathKind.File, RealPath = path, MountPoint = random.Next(2) == 0 ? "/" : "/mnt/shared", Identity = Fact.Absent<string>(), Size = 1, StableNames = [] }),
        });

    private static Snapshot See(Snapshot snapshot, string[] paths, Func<string, Fact<PathFact>> fact) =>
        snapshot with { Nodes = [.. snapshot.Nodes.Select(node => node with { Paths = paths.Concat(["/usr/bin/qemu"]).Distinct().ToDictionary(path => path, fact) })] };

    // A line end in an attribute is written as a reference, and read as the line end it is.
    private static string Guest(string name, string title, string[] paths) => new XElement("domain", new XAttribute("type", "kvm"),
        new XElement("name", name), new XElement("uuid", "5b9c0000-0000-4000-8000-000000000011"), new XElement("title", title), new XElement("description", title),
        new XElement("devices", new XElement("emulator", "/usr/bin/qemu"),
            paths.Select((path, i) => new XElement("disk", new XAttribute("type", "file"), new XAttribute("device", "disk"),
                new XElement("source", new XAttribute("file", path)), new XElement("target", new XAttribute("dev", $"vd{(char)('a' + i)}")))))).ToString();

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Pieces[random.Next(Pieces.Length)]));
}
