using System.Text.Json.Nodes;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Simulating;
using HaAgent.Cluster.Status;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Tests;

namespace HaAgent.Cluster.Tests.Scenarios;

/// <summary>
/// What the nodes saw of the guest (seen), and what Pacemaker's own programs printed (cib, mon, simulate), word for word. A section that a case
/// does not have is that of its verb's base.txt, where nothing is the matter; of seen, what it says stands over what is said there.
/// </summary>
internal sealed class SchedulerCase(string verb, string name)
{
    private const string Root = "tests/HaAgent.Cluster.Tests/Scenarios";

    private const string GuestXml = """
        <domain type='kvm'><name>VM1</name><devices>
          <disk type='block' device='disk'><source dev='/dev/disk/by-id/vm1'/><target dev='vda'/></disk>
        </devices></domain>
        """;

    private static readonly string[] Printed = ["cib", "mon", "simulate"];

    private readonly CaseFile _case = new($"{Root}/{verb}", name, verb == "explain" ? ["seen", .. Printed] : Printed, $"{Root}/{verb}");

    public Cib Cib => Cib.Parse(_case["cib"]);

    public ClusterStatus Status => ClusterStatus.Parse(_case["mon"]);

    public SimulatedRun Run => SimulatedRun.Parse(_case["simulate"]);

    /// <summary>What status and explain would have gathered of VM1.</summary>
    public WatchScope Watch
    {
        get
        {
            JsonObject[] layers = [.. _case.Layers("seen").Select(layer => JsonNode.Parse(layer)!.AsObject())];
            JsonObject seen = layers[0];
            foreach ((string key, JsonNode? value) in layers.Skip(1).SelectMany(layer => layer))
                seen[key] = seen.ContainsKey(key) ? value?.DeepClone() : throw new FormatException($"nobody reads {key} of what was seen");
            NodeFacts[] nodes = [.. Cib.Nodes.Select(node => Node(node, seen))];
            var problem = (string?)seen["problem"];
            DomainXml? xml = problem is null ? DomainXml.Parse(GuestXml, out _) : null;
            var guest = new WatchedGuest(Cib.Primitive("VM1")!)
            {
                Xml = xml,
                XmlProblem = problem,
                UnreadableOn = Words(seen["unreadable"]),
                Seen = seen["states"]!.AsObject().ToDictionary(node => node.Key, node => Observe((string)node.Value!)),
                Lease = LeaseHolders.Of(xml, nodes),
            };
            return new WatchScope(new Snapshot("alice", Cib, Status, nodes), ClusterHistory.Of(Cib), [guest]);
        }
    }

    public void AssertExpected(IEnumerable<string> lines) => _case.AssertExpected(lines);

    private static NodeFacts Node(string name, JsonObject seen) => new(name)
    {
        Files = new Dictionary<string, Fact<FileFact>>
        {
            [LibvirtPaths.Qemu] = Fact.Known(new FileFact("lock_manager = \"lockd\"\n", TimeSpan.Zero)),
            [LibvirtPaths.QemuLockd] = Fact.Known(new FileFact("file_lockspace_dir = \"/mnt/shared/lockd\"\n", TimeSpan.Zero)),
        },
        Domains = (string?)seen["states"]?[name] == "CannotTell" ? Fact.NotLearned<IReadOnlyList<DomainFact>>("it does not answer") : Fact.Known<IReadOnlyList<DomainFact>>([]),
        Guests = Fact.Known<IReadOnlyDictionary<string, ProcessFact>>(Words(seen["guests"]?[name]).ToDictionary(guest => guest, _ => new ProcessFact(4711, 5))),
        Leases = Fact.Known<IReadOnlyList<string>>(
            Words(seen["leases"]).Contains(name) ? ["/mnt/shared/lockd/" + LeaseName.Of("/dev/disk/by-id/vm1")] : []),
        MigrationLines = Fact.Known<IReadOnlyList<string>>(Words(seen["lines"]?[name])),
    };

    private static string[] Words(JsonNode? list) => [.. (list?.AsArray() ?? []).Select(word => (string)word!)];

    private static Observation Observe(string word) => word.Split(':') switch
    {
        ["CannotTell"] => new Observation.Unknown("it does not answer"),
        ["Absent"] => new Observation.Absent("libvirt does not know it"),
        [var state] => new Observation.Active(Enum.Parse<DomainState>(state), PausedReason.Unknown, Evidence.Libvirt),
        [var state, var reason] => new Observation.Active(Enum.Parse<DomainState>(state), Enum.Parse<PausedReason>(reason), Evidence.Libvirt),
        _ => throw new FormatException(word),
    };
}
