using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Evacuate;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cluster.Tests.Evacuate;

/// <summary>A move is promised only where the node that it goes to can take the guest now.</summary>
public sealed class MoveTargetTests
{
    private static readonly UnitFact Listening = new("loaded", "active", "enabled");
    private static readonly UnitFact Asleep = new("loaded", "inactive", "enabled");

    private static readonly DaemonFact Lockd = new("virtlockd", 7, TimeSpan.FromDays(1), ["virtlockd"]);

    private static readonly Cib Cib = Cib.Parse(TestFile.Read("tests/Shared/guide.xml"));

    private static readonly EvacuationOutcome Moves = new EvacuationOutcome.Migrates("bob");

    [Fact]
    public void On_TargetHasWhatTheMoveNeeds_IsPromised() => Promised(On(Bob()));

    // Between calls a socket listens, and nothing runs.
    [Fact]
    public void On_DaemonsAreAwayAndTheirSocketsListen_IsPromised() => Promised(On(Bob() with { Daemons = Fact.Known<IReadOnlyList<DaemonFact>>([]) }));

    [Fact]
    public void On_LibvirtDoesNotAnswer_IsStuckAndTheInactiveSocketIsNamed()
    {
        NodeFacts bob = Bob(("virtqemud.socket", Asleep), ("virtqemud.service", Asleep)) with
        {
            Domains = Fact.NotLearned<IReadOnlyList<DomainFact>>("Failed to connect socket to '/var/run/libvirt/virtqemud-sock'"),
        };

        Assert.Equal(
            "the cluster would move it to bob, which cannot take it now: libvirt on bob does not answer: Failed to connect socket to '/var/run/libvirt/virtqemud-sock'; "
                + "virtqemud.service is inactive; virtqemud.socket is inactive (systemctl start virtqemud.service virtqemud.socket on bob)",
            Assert.IsType<EvacuationOutcome.Stuck>(On(bob).Outcome).Because);
        Assert.IsType<EvacuationOutcome.Stuck>(On(bob, new EvacuationOutcome.Restarts("bob", "allow-migrate is not true for it")).Outcome);
    }

    // A daemon that is slow, or whose socket listens, may take the guest in the next moment.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void On_LibvirtWasNotLearned_IsSaidAndTheGuestIsNotStuck(bool listens)
    {
        NodeFacts bob = listens ? Bob() : Bob(("virtqemud.socket", Asleep)) with { Daemons = Fact.Known<IReadOnlyList<DaemonFact>>([new("virtqemud", 8, TimeSpan.FromDays(1), ["virtqemud"]), Lockd]) };

        (EvacuationOutcome outcome, IReadOnlyList<string> unknown) = On(bob with { Domains = Fact.NotLearned<IReadOnlyList<DomainFact>>("it did not answer in time") });

        Assert.Equal(Moves, outcome);
        Assert.Equal(["whether bob can take VM1 now: libvirt on bob does not answer: it did not answer in time"], unknown);
    }

    // --stop-stuck gives up guests that can run nowhere; the cluster still sends this one to bob, where its start may fail.
    [Fact]
    public void HasLeft_ClusterMovesItToANodeThatCannotTakeIt_IsNotThereBeforeItHasArrived()
    {
        GuestEvacuation guest = Guest(Bob(("virtlogd.socket", Asleep)) with { Files = Files("") });

        Assert.Equal("bob", Assert.IsType<EvacuationOutcome.Stuck>(guest.Outcome).Target);
        Assert.StartsWith("may not arrive, because the cluster would move it to bob, which cannot take it now: ", guest.Outcome.Words, StringComparison.Ordinal);
        Assert.False(guest.HasLeft("alice", At("alice")));
        Assert.False(guest.HasLeft("alice", At()));
        Assert.False(guest.HasLeft("alice", At("alice", "bob")));
        Assert.True(guest.HasLeft("alice", At("bob")));
    }

    [Fact]
    public void HasLeft_NoNodeTakesIt_IsOffTheNode()
    {
        var guest = new GuestEvacuation("VM1", new EvacuationOutcome.Stuck("bob is in standby"));

        Assert.False(guest.HasLeft("alice", At("alice")));
        Assert.True(guest.HasLeft("alice", At()));
    }

    [Fact]
    public void On_VirtlockdIsAway_IsStuck() =>
        Assert.Equal(
            "the cluster would move it to bob, which cannot take it now: virtlockd does not run on bob, and virtlockd.socket is inactive: no guest starts there "
                + "(systemctl start virtlockd.socket on bob)",
            Assert.IsType<EvacuationOutcome.Stuck>(On(Bob(("virtlockd.socket", Asleep)) with { Daemons = Fact.Known<IReadOnlyList<DaemonFact>>([]) }).Outcome).Because);

    [Fact]
    public void On_NoLockManager_VirtlockdIsNotNeeded() =>
        Promised(On(Bob(("virtlockd.socket", Asleep)) with
        {
            Daemons = Fact.Known<IReadOnlyList<DaemonFact>>([]),
            Files = new Dictionary<string, Fact<FileFact>> { [LibvirtPaths.Qemu] = Fact.Absent<FileFact>(), [LibvirtPaths.QemuLockd] = Fact.Absent<FileFact>() },
        }));

    [Theory]
    [InlineData("", "enabled", true)]
    [InlineData("stdio_handler = \"logd\"\n", "enabled", true)]
    [InlineData("stdio_handler = \"file\"\n", "enabled", false)]
    [InlineData("", "disabled", false)]
    public void On_VirtlogdIsAway_IsStuckWhereItIsToStartAndLibvirtGivesItTheOutput(string qemu, string file, bool stuck)
    {
        NodeFacts bob = Bob(("virtlogd.socket", Asleep with { File = file })) with { Files = Files(qemu) };

        if (stuck)
            Assert.Contains("virtlogd.socket is inactive", Assert.IsType<EvacuationOutcome.Stuck>(On(bob).Outcome).Because, StringComparison.Ordinal);
        else
            Promised(On(bob));
    }

    [Fact]
    public void On_VirtlogdIsAwayAndItsUseWasNotLearned_IsSaid()
    {
        (EvacuationOutcome outcome, IReadOnlyList<string> unknown) = On(Bob(("virtlogd.socket", Asleep)));

        Assert.Equal(Moves, outcome);
        Assert.Equal(
            ["whether bob can take VM1 now: virtlogd does not run on bob, and whether libvirt needs it there (stdio_handler in /etc/libvirt/qemu.conf) could not be learned: it was not asked"],
            unknown);
    }

    [Fact]
    public void On_TargetWasNotAsked_IsSaidAndNothingElseIsClaimed()
    {
        (EvacuationOutcome outcome, IReadOnlyList<string> unknown) = On(new NodeFacts("bob") { Unreachable = new NodeFailure.NotReached("no route") });

        Assert.Equal(Moves, outcome);
        Assert.Equal(["whether bob can take VM1 now: bob could not be asked: no route"], unknown);
    }

    [Theory]
    [InlineData(null, "tcp", 16509, "tcp")]
    [InlineData(null, "tls", 16514, "tls")]
    [InlineData(null, "", 16514, "tls")]
    [InlineData("qemu+tcp://%n:16510/system", "", 16510, "tcp")]
    public void Transport_NobodyListens_NamesThePortAndTheSocket(string? remote, string transport, int port, string socket)
    {
        Primitive guest = Guest(remote, transport);

        Need need = MoveTarget.Transport(guest, Bob(($"virtproxyd-{socket}.socket", new UnitFact("loaded", "inactive", "disabled"))))!;

        Assert.EndsWith($"and nobody listens on TCP port {port} of bob (virtproxyd-{socket}.socket is inactive)", need.Sentence, StringComparison.Ordinal);
        Assert.Equal($"systemctl enable --now virtproxyd-{socket}.socket on bob", need.Mend?.ToString());
        Assert.Null(MoveTarget.Transport(guest, Bob() with { TcpPorts = Fact.Known<IReadOnlyList<int>>([22, port]) }));
        Assert.True(MoveTarget.Transport(guest, Bob() with { TcpPorts = Fact.NotLearned<IReadOnlyList<int>>("denied") })!.IsNotLearned);
    }

    [Theory]
    [InlineData("qemu+ssh://%n/system", "")]
    [InlineData("qemu+tcp://gateway/system", "")]
    [InlineData(null, "ssh")]
    public void Transport_GoesBySshOrElsewhere_NeedsNoPortOfTheNode(string? remote, string transport) => Assert.Null(MoveTarget.Transport(Guest(remote, transport), Bob()));

    private static void Promised((EvacuationOutcome Outcome, IReadOnlyList<string> NotLearned) seen)
    {
        Assert.Equal(Moves, seen.Outcome);
        Assert.Empty(seen.NotLearned);
    }

    private static Dictionary<string, Fact<FileFact>> Files(string qemu) => new()
    {
        [LibvirtPaths.Qemu] = Fact.Known(new FileFact(qemu, TimeSpan.Zero)),
        [LibvirtPaths.QemuLockd] = Fact.Absent<FileFact>(),
    };

    private static ClusterStatus At(params string[] nodes) =>
        new() { Resources = [new ResourceStatus("VM1", "Started") { Active = nodes.Length > 0, Nodes = nodes }] };

    private static GuestEvacuation Guest(NodeFacts bob) =>
        Assert.Single(new Evacuation("alice", [new GuestEvacuation("VM1", Moves)]).On(Cib, [new NodeFacts("alice"), bob]).Guests);

    private static (EvacuationOutcome Outcome, IReadOnlyList<string> NotLearned) On(NodeFacts bob, EvacuationOutcome? outcome = null)
    {
        Evacuation seen = new Evacuation("alice", [new GuestEvacuation("VM1", outcome ?? Moves)]).On(Cib, [new NodeFacts("alice"), bob]);
        return (Assert.Single(seen.Guests).Outcome, seen.NotLearned);
    }

    private static Primitive Guest(string? remote, string transport) => new("VM1", AgentName.Ours)
    {
        Parameters =
        [
            new("config", "/mnt/shared/VM1.xml"),
            .. remote is null ? [] : new[] { KeyValuePair.Create("remoteuri", remote) },
            .. transport.Length == 0 ? [] : new[] { KeyValuePair.Create("migration_transport", transport) },
        ],
    };

    private static NodeFacts Bob(params (string Name, UnitFact Unit)[] units)
    {
        var all = new Dictionary<string, UnitFact> { ["virtqemud.socket"] = Listening, ["virtqemud.service"] = Asleep, ["virtproxyd.socket"] = Listening, ["virtlockd.socket"] = Listening };
        foreach ((string name, UnitFact unit) in units)
            all[name] = unit;
        return new NodeFacts("bob")
        {
            Systemd = Fact.Known(true),
            Programs = Fact.Known<IReadOnlyList<string>>(["virtqemud", "virtlockd"]),
            Units = Fact.Known<IReadOnlyDictionary<string, UnitFact>>(all),
            Daemons = Fact.Known<IReadOnlyList<DaemonFact>>([Lockd]),
            Domains = Fact.Known<IReadOnlyList<DomainFact>>([]),
            TcpPorts = Fact.Known<IReadOnlyList<int>>([22]),
        };
    }
}
