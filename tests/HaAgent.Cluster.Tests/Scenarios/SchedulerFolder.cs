using System.Text.Json;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Simulating;
using HaAgent.Cluster.Status;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

/// <summary>
/// A folder per case: cib.xml, mon.xml and simulate.xml are what Pacemaker's own programs printed for that configuration and status,
/// seen.json is what the nodes saw of the guest, expected.txt is the answer. Nothing is created here: a missing expectation is a failure.
/// </summary>
internal sealed class SchedulerFolder(string verb, string name)
{
    private const string GuestXml = """
        <domain type='kvm'><name>VM1</name><devices>
          <disk type='block' device='disk'><source dev='/dev/disk/by-id/vm1'/><target dev='vda'/></disk>
        </devices></domain>
        """;

    public static IEnumerable<TheoryDataRow<string>> Of(string verb) =>
        Directory.EnumerateDirectories(Path.Combine(Root, verb)).Select(Path.GetFileName).OfType<string>()
            .Order(StringComparer.Ordinal).Select(name => new TheoryDataRow<string>(name));

    public Cib Cib => Cib.Parse(Read("cib.xml"));

    public ClusterStatus Status => ClusterStatus.Parse(Read("mon.xml"));

    public SimulatedRun Run => SimulatedRun.Parse(Read("simulate.xml"));

    /// <summary>What status and explain would have gathered of VM1.</summary>
    public WatchScope Watch
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Read("seen.json"));
            JsonElement seen = document.RootElement;
            NodeFacts[] nodes = [.. Cib.Nodes.Select(node => Node(node, seen))];
            string? problem = seen.GetProperty("problem").GetString();
            DomainXml? xml = problem is null ? DomainXml.Parse(GuestXml, out _) : null;
            var guest = new WatchedGuest(Cib.Primitive("VM1")!)
            {
                Xml = xml,
                XmlProblem = problem,
                UnreadableOn = [.. seen.GetProperty("unreadable").EnumerateArray().Select(n => n.GetString()!)],
                Seen = seen.GetProperty("seen").EnumerateObject().ToDictionary(n => n.Name, n => Observe(n.Value.GetString()!)),
                Lease = LeaseHolders.Of(xml, nodes),
            };
            return new WatchScope(new Snapshot("alice", Cib, Status, nodes), ClusterHistory.Of(Cib), [guest]);
        }
    }

    /// <summary>Compares with expected.txt, and leaves what was seen beside the test's binary so that it can be read and, when right, copied.</summary>
    public void AssertExpected(IEnumerable<string> lines)
    {
        string actual = string.Join('\n', lines) + "\n";
        string place = Path.Combine(AppContext.BaseDirectory, "actual", verb, name);
        Directory.CreateDirectory(place);
        File.WriteAllText(Path.Combine(place, "expected.txt"), actual);
        Assert.Equal(Read("expected.txt"), actual);
    }

    private static string Root => Path.Combine(TestFile.Root, "Scenarios");

    private string Read(string file) => File.ReadAllText(Path.Combine(Root, verb, name, file));

    private static NodeFacts Node(string name, JsonElement seen) => new(name)
    {
        Files = new Dictionary<string, Fact<FileFact>>
        {
            [LibvirtPaths.Qemu] = Fact.Known(new FileFact("lock_manager = \"lockd\"\n", TimeSpan.Zero)),
            [LibvirtPaths.QemuLockd] = Fact.Known(new FileFact("file_lockspace_dir = \"/mnt/shared/lockd\"\n", TimeSpan.Zero)),
        },
        Guests = Fact.Known<IReadOnlyDictionary<string, int>>(
            (seen.TryGetProperty("guests", out JsonElement guests) ? Strings(guests, name, guest => guest) : []).ToDictionary(guest => guest, _ => 4711)),
        Leases = Fact.Known<IReadOnlyList<string>>(Strings(seen.GetProperty("leases"), name, _ => "/mnt/shared/lockd/" + LeaseName.Of("/dev/disk/by-id/vm1"))),
        MigrationLines = Fact.Known<IReadOnlyList<string>>(Strings(seen.GetProperty("lines"), name, line => line)),
    };

    private static string[] Strings(JsonElement of, string node, Func<string, string> each) =>
        of.TryGetProperty(node, out JsonElement list) ? [.. list.EnumerateArray().Select(e => each(e.GetString()!))] : [];

    private static Observation Observe(string word) => word.Split(':') switch
    {
        ["CannotTell"] => new Observation.Unknown("it does not answer"),
        ["Absent"] => new Observation.Absent("libvirt does not know it"),
        [var state] => new Observation.Active(Enum.Parse<DomainState>(state), PausedReason.Unknown, Evidence.Libvirt),
        [var state, var reason] => new Observation.Active(Enum.Parse<DomainState>(state), Enum.Parse<PausedReason>(reason), Evidence.Libvirt),
        _ => throw new FormatException(word),
    };
}
