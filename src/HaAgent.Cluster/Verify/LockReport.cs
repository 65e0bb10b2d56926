using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Setup.Steps;
using HaAgent.Cluster.Status;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Verify;

/// <summary>What came of creating a second copy of a running guest: a closed choice.</summary>
public abstract record LockReport
{
    private LockReport() { }

    /// <summary>It was not tried, because nothing would have stopped the second copy.</summary>
    /// <param name="Why">Why, as a sentence without its full stop.</param>
    public sealed record NotTried(string Why) : LockReport;

    /// <summary>libvirt refused.</summary>
    /// <param name="Kind">What libvirt's error means: decided by its numbers.</param>
    /// <param name="Message">libvirt's words and numbers.</param>
    /// <param name="FromQemu">The error is QEMU's (1/10).</param>
    /// <param name="ImageInUse">The disk image that the kernel says is in use (F_GETLK on QEMU's bytes); null when none is known to
    /// be.</param>
    public sealed record Refused(FailureKind Kind, string Message, bool FromQemu, string? ImageInUse) : LockReport;

    /// <summary>It was created: the worst case.</summary>
    /// <param name="Leftover">Why it could not be destroyed at once; null when it was.</param>
    public sealed record Created(string? Leftover) : LockReport;

    /// <summary>Nothing was learned of the lock.</summary>
    /// <param name="Why">Why, as a sentence without its full stop.</param>
    public sealed record Unknown(string Why) : LockReport
    {
        /// <summary>A second copy may have been created.</summary>
        public bool MayRun { get; init; }
    }

    /// <summary>What the other node's answer tells.</summary>
    public static LockReport Of(NodeReply reply) =>
        reply switch
        {
            CopyReply { Outcome: CopyOutcome.Created } copy => new Created(copy.Leftover),
            CopyReply { Outcome: CopyOutcome.Refused } copy => new Refused(copy.Kind, copy.Message, copy.IsFromQemu, copy.ImageInUse),
            CopyReply copy => new Unknown(copy.Message) { MayRun = true },
            RefusedReply refused => new Unknown(refused.Why) { MayRun = refused.IsUnknown },
            _ => new Unknown("it gave an answer to something else") { MayRun = true },
        };

    /// <summary>Judges it.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="domain">The name of its domain, which need not be that of the resource.</param>
    /// <param name="home">Where it runs.</param>
    /// <param name="node">Where the copy was tried.</param>
    public GuideTestResult Judge(string guest, string domain, string home, string node)
    {
        string expected = $"creating {guest} on {node} while it runs on {home} is refused because of the lock";
        Advice end = $"virsh destroy {domain}";
        return this switch
        {
            NotTried not => new(GuideTest.Lock, expected, $"not tried: {not.Why}", Verdict.Failed),
            Refused { Kind: FailureKind.LockConflict } refused => new(
                GuideTest.Lock,
                expected,
                $"refused by virtlockd: {refused.Message}",
                Verdict.Passed
            ),
            Refused { FromQemu: true, ImageInUse: { } image } refused => new(
                GuideTest.Lock,
                expected,
                $"protected by QEMU's image lock, lockd not reached: {image} is in use ({refused.Message})",
                Verdict.Otherwise
            ),
            Refused refused => new(
                GuideTest.Lock,
                expected,
                $"nothing is proven: it was refused, but not because of the lock: {refused.Message}",
                Verdict.Unknown
            ),
            Unknown { MayRun: true } unknown => new(
                GuideTest.Lock,
                expected,
                $"nothing is proven, and a second copy may run on {node}: {unknown.Why}. Look now: on {node}, virsh list; if it runs "
                    + $"there, {end}",
                Verdict.Unknown
            ),
            Unknown unknown => new(GuideTest.Lock, expected, $"nothing is proven: {unknown.Why}", Verdict.Unknown),
            Created { Leftover: null } => new(
                GuideTest.Lock,
                expected,
                $"a SECOND COPY was started on {node}; it was destroyed at once. Nothing protects the disks: run haagent check",
                Verdict.Failed
            ),
            Created { Leftover: { } why } => new(
                GuideTest.Lock,
                expected,
                $"a SECOND COPY was started on {node} and could not be destroyed: {why}. End it now: on {node}, {end}",
                Verdict.Failed
            ),
            _ => throw new InvalidOperationException(),
        };
    }
}

/// <summary>Whether the lock test may be tried: only where a second copy is expected to be refused. A test must not be what corrupts a
/// disk.</summary>
public static class LockTestGuard
{
    /// <summary>Why it must not be tried, or what is not known that has to be; null when it may be tried.</summary>
    /// <param name="guest">The running guest.</param>
    /// <param name="home">Where it runs.</param>
    /// <param name="other">Where the copy is to be tried.</param>
    public static LockReport? Objection(WatchedGuest guest, NodeFacts home, NodeFacts other)
    {
        ArgumentNullException.ThrowIfNull(guest);
        ArgumentNullException.ThrowIfNull(home);
        ArgumentNullException.ThrowIfNull(other);
        foreach (NodeFacts node in new[] { home, other })
        {
            if (node.Unreachable is { } silent)
                return new LockReport.Unknown($"{node.Name} cannot be asked how it locks disks ({silent.Sentence})");
            if (LeaseHolders.Setup(node).IsNotLearned(out string? why))
                return new LockReport.Unknown($"how {node.Name} locks disks could not be learned: {why}");
            if (LeaseHolders.Setup(node) is not { Value.IsLockd: true })
                return new LockReport.NotTried(
                    $"{node.Name} has no lock_manager = \"lockd\" in /etc/libvirt/qemu.conf, so a second copy could start and destroy the "
                        + "disk; run haagent check"
                );
        }

        LockSetup here = LeaseHolders.Setup(home).Value!;
        LockSetup there = LeaseHolders.Setup(other).Value!;
        if (here.FileLockspaceDir != there.FileLockspaceDir)
            return new LockReport.NotTried(
                $"{home.Name} keeps its locks in {here.FileLockspaceDir ?? "the disks themselves"}, {other.Name} in "
                    + $"{there.FileLockspaceDir ?? "the disks themselves"}: they do not see each other's; run haagent check"
            );
        if (!there.AutoDiskLeases || !here.AutoDiskLeases)
            return new LockReport.NotTried("auto_disk_leases is off, so virtlockd locks no disk by itself; run haagent check");
        return InForce(other)
            ?? guest.Lease switch
            {
                LeaseHolders.Held held when held.Nodes.Contains(home.Name) => null,
                LeaseHolders.Held held => new LockReport.NotTried(
                    $"the locks of {guest.Id} are held on {string.Join(", ", held.Nodes)}, not on {home.Name}, where it runs"
                ),
                LeaseHolders.Free free => new LockReport.NotTried(
                    $"nobody holds the lock of its disk {free.Disk}, so a second copy could start and destroy it"
                ),
                LeaseHolders.NotLocked not => new LockReport.NotTried($"virtlockd does not lock it: {not.Why}"),
                LeaseHolders.Unknown unknown => new LockReport.Unknown($"whether its locks are held cannot be seen: {unknown.Why}"),
                _ => throw new InvalidOperationException(),
            };
    }

    /// <summary>The daemon that would create the copy has read the files that say how to lock; one that does not run will.</summary>
    private static LockReport? InForce(NodeFacts node)
    {
        if (node.Daemons.IsNotLearned(out string? why))
            return new LockReport.Unknown($"which libvirt runs on {node.Name} could not be learned: {why}");
        foreach (DaemonFact daemon in (node.Daemons.Value ?? []).Where(d => d.Name is "libvirtd" or "virtqemud"))
        {
            Fact<bool> stale = Daemons.IsStale(node, daemon);
            if (stale.IsNotLearned(out why))
                return new LockReport.Unknown($"whether {daemon.Name} on {node.Name} knows its settings could not be learned: {why}");
            if (stale.Value)
                return new LockReport.NotTried(
                    $"{daemon.Name} on {node.Name} was started before {LibvirtPaths.Qemu} or {LibvirtPaths.QemuLockd} was last written, so "
                        + $"it may not lock at all; restart it there (systemctl restart {daemon.Name}), then run this again"
                );
        }

        return null;
    }
}
