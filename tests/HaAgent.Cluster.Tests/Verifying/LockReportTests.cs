using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Status;
using HaAgent.Cluster.Verify;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cluster.Tests.Verifying;

public sealed class LockTrialTests
{
    private static readonly WatchedGuest Guest = new(new Primitive("VM1", AgentName.Ours)) { Lease = new LeaseHolders.Held(["alice"]) };

    [Fact]
    public void Judge_LockConflict_Passes() =>
        Assert.Equal(Verdict.Passed, Judge(new LockReport.Refused(FailureKind.LockConflict, "resource busy (libvirt error 87/51)", false, null)).Verdict);

    [Fact]
    public void Judge_QemuErrorWithImageInUse_IsProtectedOtherwise()
    {
        GuideTestResult result = Judge(new LockReport.Refused(FailureKind.Other, "internal error (libvirt error 1/10)", true, "/mnt/shared/vm1.raw"));

        Assert.Equal(Verdict.Otherwise, result.Verdict);
        Assert.StartsWith("protected by QEMU's image lock, lockd not reached: /mnt/shared/vm1.raw", result.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_QemuErrorWithoutImageInUse_ProvesNothing() =>
        Assert.Equal(Verdict.Unknown, Judge(new LockReport.Refused(FailureKind.Other, "internal error (libvirt error 1/10)", true, null)).Verdict);

    [Fact]
    public void Judge_OtherError_ProvesNothing() =>
        Assert.Equal(Verdict.Unknown, Judge(new LockReport.Refused(FailureKind.Other, "no such bridge (libvirt error 38/0)", false, null)).Verdict);

    [Fact]
    public void Judge_SecondCopyThatMayRun_IsEndedByTheNameOfItsDomain()
    {
        Assert.EndsWith("virsh destroy 'vm 1'", Judge(new LockReport.Unknown("it broke off") { MayRun = true }).Seen, StringComparison.Ordinal);
        Assert.EndsWith("on bob, virsh destroy 'vm 1'", Judge(new LockReport.Created("no answer")).Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_Created_Fails() => Assert.Equal(Verdict.Failed, Judge(new LockReport.Created((string?)null)).Verdict);

    public static TheoryData<NodeReply, Verdict, string> Replies => new()
    {
        { new CopyReply(CopyOutcome.Unknown) { Message = "libvirt did not answer within 40 s" }, Verdict.Unknown, "a second copy may run on bob: libvirt did not answer within 40 s" },
        { new RefusedReply("it broke off") { IsUnknown = true }, Verdict.Unknown, "a second copy may run on bob: it broke off" },
        { new RefusedReply("whether another node holds the lock /l could not be learned here"), Verdict.Unknown, "nothing is proven: whether another node holds" },
        { new CopyReply(CopyOutcome.Refused) { Kind = FailureKind.VirtlockdUnreachable, Message = "m" }, Verdict.Unknown, "nothing is proven: it was refused, but not because of the lock: m" },
        { new CopyReply(CopyOutcome.Created) { Leftover = "busy" }, Verdict.Failed, "could not be destroyed: busy" },
        { new DoneReply(), Verdict.Unknown, "a second copy may run on bob" },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void Of_WhatTheOtherNodeAnswered_IsNeverProofOfWhatWasNotSeen(NodeReply reply, Verdict verdict, string seen)
    {
        GuideTestResult result = Judge(LockReport.Of(reply));

        Assert.Equal(verdict, result.Verdict);
        Assert.Contains(seen, result.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Objection_DaemonOlderThanItsSettings_Objects()
    {
        NodeFacts bob = Node("bob") with { Daemons = Running(TimeSpan.FromMinutes(1)) };

        Assert.Contains("libvirtd on bob was started before", Objection(Guest, Node("alice"), bob), StringComparison.Ordinal);
    }

    [Fact]
    public void Objection_DaemonsNotLearned_IsUnknown() =>
        Assert.IsType<LockReport.Unknown>(LockTestGuard.Objection(Guest, Node("alice"), Node("bob") with { Daemons = Fact.NotLearned<IReadOnlyList<DaemonFact>>("why") }));

    [Fact]
    public void Objection_SettingsNotLearned_IsUnknown()
    {
        NodeFacts bob = Node("bob");
        bob = bob with { Files = new Dictionary<string, Fact<FileFact>>(bob.Files) { [LibvirtPaths.QemuLockd] = Fact.NotLearned<FileFact>("EIO") } };

        Assert.IsType<LockReport.Unknown>(LockTestGuard.Objection(Guest, Node("alice"), bob));
    }

    [Fact]
    public void Objection_LocksHeldWhereItRuns_None() => Assert.Null(LockTestGuard.Objection(Guest, Node("alice"), Node("bob")));

    [Fact]
    public void Objection_OtherNodeWithoutLockManager_Objects() =>
        Assert.Contains("bob has no lock_manager", Objection(Guest, Node("alice"), Node("bob", qemu: "#lock_manager = \"lockd\"\n")), StringComparison.Ordinal);

    [Fact]
    public void Objection_OtherDirectory_Objects() =>
        Assert.Contains("do not see each other's", Objection(Guest, Node("alice"), Node("bob", lockd: "file_lockspace_dir = \"/var/lib/lockd\"\n")), StringComparison.Ordinal);

    [Fact]
    public void Objection_LockFree_Objects() =>
        Assert.Contains("nobody holds", Objection(Guest with { Lease = new LeaseHolders.Free("/dev/vm1") }, Node("alice"), Node("bob")), StringComparison.Ordinal);

    private static string Objection(WatchedGuest guest, NodeFacts home, NodeFacts other) =>
        Assert.IsType<LockReport.NotTried>(LockTestGuard.Objection(guest, home, other)).Why;

    private static Fact<IReadOnlyList<DaemonFact>> Running(TimeSpan age) => Fact.Known<IReadOnlyList<DaemonFact>>([new DaemonFact("libvirtd", 7, age, [])]);

    private static GuideTestResult Judge(LockReport trial) => trial.Judge("VM1", "vm 1", "alice", "bob");

    private static NodeFacts Node(string name, string qemu = "lock_manager = \"lockd\"\n", string lockd = "file_lockspace_dir = \"/mnt/shared/lockd\"\n") => new(name)
    {
        Files = new Dictionary<string, Fact<FileFact>>
        {
            [LibvirtPaths.Qemu] = Fact.Known(new FileFact(qemu, TimeSpan.FromSeconds(30))),
            [LibvirtPaths.QemuLockd] = Fact.Known(new FileFact(lockd, TimeSpan.FromSeconds(30))),
        },
        Daemons = Running(TimeSpan.FromSeconds(10)),
    };
}
