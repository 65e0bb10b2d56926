using System.Diagnostics;
using System.Globalization;

namespace HaAgent.Host;

/// <summary>
/// The moment at which something must be over. It is handed down instead of a duration, so that whoever waits takes what is left and two
/// waits never add up to more than was given.
/// </summary>
internal readonly record struct Deadline
{
    private readonly long _at;

    private Deadline(long at) => _at = at;

    /// <summary>What is left; never negative.</summary>
    public TimeSpan Left
    {
        get
        {
            long ticks = _at - Stopwatch.GetTimestamp();
            return ticks <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(ticks / (double)Stopwatch.Frequency);
        }
    }

    /// <summary>Nothing is left.</summary>
    public bool HasPassed => Left == TimeSpan.Zero;

    /// <summary>So long from now.</summary>
    public static Deadline In(TimeSpan time) =>
        new(Stopwatch.GetTimestamp() + (long)(Math.Max(0, time.TotalSeconds) * Stopwatch.Frequency));

    /// <summary>This one, or so long from now, whichever comes first.</summary>
    public Deadline OrIn(TimeSpan time) => Min(this, In(time));

    /// <summary>When this share of what is left will have passed.</summary>
    /// <param name="share">Between 0 and 1.</param>
    public Deadline Share(double share) => In(Left * share);

    /// <summary>The earlier one.</summary>
    public static Deadline Min(Deadline one, Deadline other) => one._at < other._at ? one : other;
}

/// <summary>
/// The clock by which Pacemaker orders operations of different nodes: the second in which each began (last-rc-change). When a failed
/// migrate_to and the target's next operation share that second, Pacemaker 2.1.5 takes the guest to be active on the target too, and stops
/// it on both nodes, which it would not have to (unpack_migrate_to_failure, newer_state_after_migrate in lib/pengine/unpack.c).
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

/// <summary>Which boot of this node it is, and how long ago it began.</summary>
internal static class HostClock
{
    /// <summary>The kernel's name for this boot (random(4), boot_id); empty when it cannot be read.</summary>
    public static string Boot => Read("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>
    /// The clock by which the kernel dates the start of processes, in whole seconds (proc(5), uptime); 0 when it cannot be read.
    /// </summary>
    public static long SecondsSinceBoot
    {
        get
        {
            ReadOnlySpan<char> uptime = Read("/proc/uptime");
            int dot = uptime.IndexOf('.');
            return dot > 0 && long.TryParse(uptime[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? seconds : 0;
        }
    }

    /// <summary>In which /proc counts (time(7), USER_HZ): 100 on every architecture that libvirt's QEMU driver runs on.</summary>
    public const int TicksPerSecond = 100;

    /// <summary>When so many ticks since boot were over, UTC, by the clock as it is set now.</summary>
    public static DateTime At(long ticks) => DateTime.UtcNow - TimeSpan.FromSeconds(SecondsSinceBoot - ((double)ticks / TicksPerSecond));

    private static string Read(string path)
    {
        const int most = 4096;
        return RegularFile.Read(path, most, out _)?.Text ?? "";
    }
}
