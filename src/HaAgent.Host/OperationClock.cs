namespace HaAgent.Host;

/// <summary>
/// The clock by which Pacemaker orders operations of different nodes: the second in which each began (last-rc-change). When a failed migrate_to and the
/// target's next operation share that second, Pacemaker 2.1.5 takes the guest to be active on the target too, and stops it on both nodes, which
/// it would not have to (unpack_migrate_to_failure, newer_state_after_migrate in lib/pengine/unpack.c).
/// </summary>
internal static class OperationClock
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>The running second.</summary>
    public static long Second => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Comes back in another second than that in which the operation began; at once, if it is over.</summary>
    public static void LeaveSecond(long began)
    {
        // A clock that was set back leaves it, too.
        while (Second == began)
            Thread.Sleep(Step);
    }
}
