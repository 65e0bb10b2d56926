using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Verify;
using HaAgent.Cluster.Status;
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
    public void Judge_QemuErrorWithoutImageInUse_Fails() =>
        Assert.Equal(Verdict.Failed, Judge(new LockReport.Refused(FailureKind.Other, "internal error (libvirt error 1/10)", true, null)).Verdict);

    [Fact]
    public void Judge_OtherError_Fails() =>
        Assert.Equal(Verdict.Failed, Judge(new LockReport.Refused(FailureKind.Other, "no such bridge (libvirt error 38/0)", false, null)).Verdict);

    [Fact]
    public void Judge_Created_Fails() => Assert.Equal(Verdict.Failed, Judge(new LockReport.Created((string?)null)).Verdict);

    [Fact]
    public void Objection_LocksHeldWhereItRuns_None() => Assert.Null(LockTestGuard.Objection(Guest, Node("alice"), Node("bob")));

    [Fact]
    public void Objection_OtherNodeWithoutLockManager_Objects() =>
        Assert.Contains("bob has no lock_manager", LockTestGuard.Objection(Guest, Node("alice"), Node("bob", qemu: "#lock_manager = \"lockd\"\n")), StringComparison.Ordinal);

    [Fact]
    public void Objection_OtherDirectory_Objects() =>
        Assert.Contains("do not see each other's", LockTestGuard.Objection(Guest, Node("alice"), Node("bob", lockd: "file_lockspace_dir = \"/var/lib/lockd\"\n")), StringComparison.Ordinal);

    [Fact]
    public void Objection_LockFree_Objects() =>
        Assert.Contains("nobody holds", LockTestGuard.Objection(Guest with { Lease = new LeaseHolders.Free("/dev/vm1") }, Node("alice"), Node("bob")), StringComparison.Ordinal);

    private static GuideTestResult Judge(LockReport trial) => trial.Judge("VM1", "alice", "bob");

    private static NodeFacts Node(string name, string qemu = "lock_manager = \"lockd\"\n", string lockd = "file_lockspace_dir = \"/mnt/shared/lockd\"\n") => new(name)
    {
        Files = new Dictionary<string, Fact<FileFact>>
        {
            [LibvirtPaths.Qemu] = Fact.Known(new FileFact(qemu, TimeSpan.Zero)),
            [LibvirtPaths.QemuLockd] = Fact.Known(new FileFact(lockd, TimeSpan.Zero)),
        },
    };
}
