using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Status;
using HaAgent.Cluster.Verify;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cluster.Tests.Status;

/// <summary>What a node could not say of a guest is not said of the guest.</summary>
public sealed class WatchedGuestTests
{
    private const string Path = "/mnt/shared/VM1.xml";
    private const string Uuid = "5b9c0000-0000-4000-8000-000000000011";
    private const string Xml = $"<domain type='kvm'><name>VM1</name><uuid>{Uuid}</uuid><devices><disk type='block' device='disk'><source dev='/dev/vm1'/><target dev='vda'/></disk></devices></domain>";

    private static readonly Primitive Resource = new("VM1", AgentName.Ours) { Parameters = [new("config", Path)] };

    [Fact]
    public void Of_LibvirtSaysItRuns_Runs() => Assert.IsType<Observation.Active>(Look(Node()).Seen["alice"]);

    [Fact]
    public void Of_LibvirtIsSilent_CannotTell()
    {
        NodeFacts node = Node() with { Domains = Fact.NotLearned<IReadOnlyList<DomainFact>>("libvirt did not answer within 20 s") };

        Assert.Equal(new Observation.Unknown("libvirt did not answer within 20 s"), Look(node with { Guests = None }).Seen["alice"]);
        Assert.Equal(new Observation.Active(DomainState.Unknown, PausedReason.Unknown, Evidence.ProcessOnly), Look(node).Seen["alice"]);
    }

    [Fact]
    public void Of_LibvirtDoesNotKnowIt_IsAbsentUnlessItsProcessLives()
    {
        NodeFacts node = Node() with { Domains = Fact.Known<IReadOnlyList<DomainFact>>([]) };

        Assert.IsType<Observation.Absent>(Look(node with { Guests = None }).Seen["alice"]);
        Assert.Equal(Evidence.ProcessLostByLibvirt, Assert.IsType<Observation.Active>(Look(node).Seen["alice"]).By);
    }

    [Fact]
    public void Of_AnotherUuid_IsForeign() =>
        Assert.Equal(new Observation.Foreign(new GuestIdentity("VM1", "other"), SharesName: true), Look(Node() with { Domains = Fact.Known<IReadOnlyList<DomainFact>>([Domain with { Uuid = "other" }]) }).Seen["alice"]);

    [Fact]
    public void Of_FileNotLearned_IsNotMissing()
    {
        WatchedGuest guest = Look(With(Node(), Path, Fact.NotLearned<FileFact>("it does not answer")));

        Assert.Equal((null, null), (guest.Xml, guest.XmlProblem));
        Assert.Empty(guest.UnreadableOn);
        Assert.Equal("it does not answer", guest.NotLearnedOn["alice"]);
        Assert.Equal("is missing on every node that answers", Look(With(Node(), Path, Fact.Absent<FileFact>())).XmlProblem);
    }

    [Fact]
    public void Lease_WhatIsLockedWasNotLearned_IsNotFree()
    {
        Assert.IsType<LeaseHolders.Free>(Look(Node()).Lease);
        Assert.IsType<LeaseHolders.Unknown>(Look(Node() with { Leases = Fact.NotLearned<IReadOnlyList<string>>("Access is denied") }).Lease);
        Assert.IsType<LeaseHolders.Unknown>(Look(With(Node(), LibvirtPaths.Qemu, Fact.NotLearned<FileFact>("Input/output error"))).Lease);
        Assert.IsType<LeaseHolders.NotLocked>(Look(With(Node(), LibvirtPaths.Qemu, Fact.Absent<FileFact>())).Lease);
    }

    /// <summary>Whatever a look rests on and did not get is said: what is shown besides is not all there is.</summary>
    [Fact]
    public void NotLearned_OfEachFact_IsSaidOnce()
    {
        Assert.Empty(Unlearned(Node()));
        Assert.Equal(["what libvirt runs on alice could not be learned: it hangs"], Unlearned(Node() with { Domains = Fact.NotLearned<IReadOnlyList<DomainFact>>("it hangs.") }));
        Assert.Equal(["which guests' processes run on alice could not be learned: /proc"], Unlearned(Node() with { Guests = Fact.NotLearned<IReadOnlyDictionary<string, ProcessFact>>("/proc") }));
        Assert.Equal(["what virtlockd has locked on alice could not be learned: denied"], Unlearned(Node() with { Leases = Fact.NotLearned<IReadOnlyList<string>>("denied") }));
        Assert.Equal(["how libvirt locks disks on alice could not be learned: I/O"], Unlearned(With(Node(), LibvirtPaths.QemuLockd, Fact.NotLearned<FileFact>("I/O"))));
        Assert.Equal(["the XML of VM1 on alice could not be learned: it does not answer"], Unlearned(With(Node(), Path, Fact.NotLearned<FileFact>("it does not answer"))));
        Assert.Equal(["alice could not be asked, so what it does is not seen: no route"], Unlearned(new NodeFacts("alice") { Unreachable = new NodeFailure.NotReached("no route") }));
    }

    /// <summary>A node that was shut down as it should be is known to be off; one that is lost, or on and silent, or on which something may
    /// have been left running, is not.</summary>
    [Theory]
    [InlineData("online='false' unclean='false'", "managed='true'", true)]
    [InlineData("online='false' unclean='true'", "managed='true'", false)]
    [InlineData("online='true' unclean='false'", "managed='true'", false)]
    [InlineData("online='true' unclean='true'", "managed='true'", false)]
    [InlineData("online='false' unclean='false' pending='true'", "managed='true'", false)]
    [InlineData("online='false' unclean='false' maintenance='true'", "managed='true'", false)]
    [InlineData("online='false' unclean='false'", "managed='false'", false)]
    public void NotLearned_NodeDoesNotAnswer_IsNoneWhereTheClusterSaysThatItIsOff(string node, string resource, bool isOff)
    {
        ClusterStatus status = ClusterStatus.Parse($"""
            <pacemaker-result><nodes><node name='alice' online='true' unclean='false' type='member'/><node name='bob' {node} type='member'/></nodes>
            <resources><resource id='VM1' role='Started' active='true' {resource}><node name='alice'/></resource></resources></pacemaker-result>
            """);

        Assert.Equal(isOff, Unlearned(new NodeFailure.NotReached("ssh: connect to host bob port 22: No route to host")).Count == 0);
        Assert.NotEmpty(Unlearned(new NodeFailure.TooLate(TimeSpan.FromSeconds(45))));

        IReadOnlyList<string> Unlearned(NodeFailure why)
        {
            Snapshot snapshot = new("alice", Cib.Parse("<cib><configuration/></cib>"), status, [Node(), new NodeFacts("bob") { Unreachable = why }]);
            return StatusReport.Of(new WatchScope(snapshot, ClusterHistory.Of(snapshot.Cib), [WatchedGuest.Of(Resource, snapshot)])).NotLearned;
        }
    }

    /// <summary>Whoever has a node go down is told of the guests that nothing starts again.</summary>
    [Fact]
    public void FailoverWarning_GuestsThatAreNotTheClusters_AreNamed()
    {
        var guests = new Dictionary<string, ProcessFact> { ["VM1"] = new(7, 5), ["mail"] = new(8, 5), ["db"] = new(9, 5) };

        Assert.Equal("alice will be rebooted.", Warning(Node() with { Guests = None }));
        Assert.Equal(
            "alice will be rebooted. It also runs db, mail, which are not the cluster's: they go down with it, and nothing starts them again.",
            Warning(Node() with { Guests = Fact.Known<IReadOnlyDictionary<string, ProcessFact>>(guests) }));
        Assert.EndsWith("could not be learned: /proc.", Warning(Node() with { Guests = Fact.NotLearned<IReadOnlyDictionary<string, ProcessFact>>("/proc") }), StringComparison.Ordinal);
        Assert.EndsWith(".", Warning(new NodeFacts("alice") { Unreachable = new NodeFailure.NotReached("no route") }), StringComparison.Ordinal);
        Assert.Contains("could not be learned", Warning(new NodeFacts("alice") { Unreachable = new NodeFailure.NotReached("no route") }), StringComparison.Ordinal);

        static string Warning(NodeFacts node) => FailoverWarning.Of(
            GuideTest.Reboot, "alice", "VM1", movesFirst: false, new WatchScope(Snapshot(node), ClusterHistory.Of(Snapshot(node).Cib), [Look(node)]));
    }

    [Fact]
    public void LockTest_HowANodeLocksWasNotLearned_IsNotTried()
    {
        NodeFacts silent = With(Node(), LibvirtPaths.QemuLockd, Fact.NotLearned<FileFact>("Input/output error"));

        Assert.Contains("could not be learned", Assert.IsType<LockReport.Unknown>(LockTestGuard.Objection(Look(Node()), Node(), silent)).Why, StringComparison.Ordinal);
    }

    private static readonly Fact<IReadOnlyDictionary<string, ProcessFact>> None = Fact.Known<IReadOnlyDictionary<string, ProcessFact>>(new Dictionary<string, ProcessFact>());

    private static readonly DomainFact Domain = new()
    {
        Name = "VM1", Uuid = Uuid, Active = true, Autostart = false, Persistent = true, State = DomainState.Running, Paused = PausedReason.Unknown, Xml = Fact.NotAsked<string>(),
    };

    private static WatchedGuest Look(NodeFacts node) => WatchedGuest.Of(Resource, Snapshot(node));

    private static IReadOnlyList<string> Unlearned(NodeFacts node) =>
        StatusReport.Of(new WatchScope(Snapshot(node), ClusterHistory.Of(Snapshot(node).Cib), [Look(node)])).NotLearned;

    private static Snapshot Snapshot(NodeFacts node) => new("alice", Cib.Parse("<cib><configuration/></cib>"), new ClusterStatus(), [node]);

    private static NodeFacts With(NodeFacts node, string path, Fact<FileFact> file) => node with { Files = new Dictionary<string, Fact<FileFact>>(node.Files) { [path] = file } };

    private static NodeFacts Node() => new("alice")
    {
        Files = new Dictionary<string, Fact<FileFact>>
        {
            [Path] = Fact.Known(new FileFact(Xml, TimeSpan.Zero)),
            [LibvirtPaths.Qemu] = Fact.Known(new FileFact("lock_manager = \"lockd\"\n", TimeSpan.Zero)),
            [LibvirtPaths.QemuLockd] = Fact.Known(new FileFact("file_lockspace_dir = \"/mnt/shared/lockd\"\n", TimeSpan.Zero)),
        },
        Guests = Fact.Known<IReadOnlyDictionary<string, ProcessFact>>(new Dictionary<string, ProcessFact> { ["VM1"] = new(7, 5) }),
        Domains = Fact.Known<IReadOnlyList<DomainFact>>([Domain]),
        Leases = Fact.Known<IReadOnlyList<string>>([]),
    };
}
