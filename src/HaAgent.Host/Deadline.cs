using System.Diagnostics;

namespace HaAgent.Host;

/// <summary>
/// The moment at which something must be over. It is handed down instead of a duration, so that whoever waits takes what is left and two waits never
/// add up to more than was given.
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
    public static Deadline In(TimeSpan time) => new(Stopwatch.GetTimestamp() + (long)(Math.Max(0, time.TotalSeconds) * Stopwatch.Frequency));

    /// <summary>This one, or so long from now, whichever comes first.</summary>
    public Deadline OrIn(TimeSpan time) => Min(this, In(time));

    /// <summary>When this share of what is left will have passed.</summary>
    /// <param name="share">Between 0 and 1.</param>
    public Deadline Share(double share) => In(Left * share);

    /// <summary>The earlier one.</summary>
    public static Deadline Min(Deadline one, Deadline other) => one._at < other._at ? one : other;
}
