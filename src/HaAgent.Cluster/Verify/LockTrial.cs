using HaAgent.Core.Guest;

namespace HaAgent.Cluster.Verify;

/// <summary>What came of creating a second copy of a running guest: a closed choice.</summary>
public abstract record LockTrial
{
    private LockTrial()
    {
    }

    /// <summary>It was not tried, because nothing would have stopped the second copy.</summary>
    /// <param name="Why">Why, as a sentence without its full stop.</param>
    public sealed record NotTried(string Why) : LockTrial;

    /// <summary>libvirt refused.</summary>
    /// <param name="Kind">What libvirt's error means: decided by its numbers.</param>
    /// <param name="Message">libvirt's words and numbers.</param>
    /// <param name="FromQemu">The error is QEMU's (1/10).</param>
    /// <param name="ImageInUse">The disk image that the kernel says is in use (F_GETLK on QEMU's bytes); null when none is.</param>
    public sealed record Refused(FailureKind Kind, string Message, bool FromQemu, string? ImageInUse) : LockTrial;

    /// <summary>It was created: the worst case.</summary>
    /// <param name="Leftover">Why it could not be destroyed at once; null when it was.</param>
    public sealed record Created(string? Leftover) : LockTrial;

    /// <summary>Judges it.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="home">Where it runs.</param>
    /// <param name="node">Where the copy was tried.</param>
    public TrialResult Judge(string guest, string home, string node)
    {
        string expected = $"creating {guest} on {node} while it runs on {home} is refused because of the lock";
        return this switch
        {
            NotTried not => new(GuideTest.Lock, expected, $"not tried: {not.Why}", Verdict.Failed),
            Refused { Kind: FailureKind.LockConflict } refused => new(GuideTest.Lock, expected, $"refused by virtlockd: {refused.Message}", Verdict.Passed),
            Refused { FromQemu: true, ImageInUse: { } image } refused => new(GuideTest.Lock, expected,
                $"protected by QEMU's image lock, lockd not reached: {image} is in use ({refused.Message})", Verdict.Otherwise),
            Refused refused => new(GuideTest.Lock, expected, $"refused, but not because of the lock: {refused.Message}", Verdict.Failed),
            Created { Leftover: null } => new(GuideTest.Lock, expected, $"a SECOND COPY was started on {node}; it was destroyed at once. Nothing protects the disks: run haagent check", Verdict.Failed),
            Created { Leftover: { } why } => new(GuideTest.Lock, expected, $"a SECOND COPY was started on {node} and could not be destroyed: {why}. End it now: on {node}, virsh destroy {guest}", Verdict.Failed),
            _ => throw new InvalidOperationException(),
        };
    }
}
