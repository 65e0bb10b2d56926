using System.Globalization;

namespace HaAgent.Host.Node;

/// <summary>
/// One moment for all questions of a request, which a process of its own answers: whether a daemon is older than a file must not depend on how long the
/// node took between the two.
/// </summary>
internal static class Moment
{
    /// <summary>The time of day, UTC.</summary>
    public static DateTime Now { get; } = DateTime.UtcNow;

    /// <summary>The time since the node booted.</summary>
    public static TimeSpan Uptime { get; } = TimeSpan.FromSeconds(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture));
}
