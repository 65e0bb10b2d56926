using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Facts;

/// <summary>
/// What a configuration has for fencing: read in one place, and as Pacemaker reads it. Its options have a new name (fencing-…), which is
/// heeded where it is set, and an old one (stonith-…).
/// </summary>
/// <param name="IsEnabled">fencing-enabled: on unless it is switched off; what is no boolean counts as its default.</param>
/// <param name="Devices">The resources that fence.</param>
/// <param name="ByWatchdog">A node's own watchdog fences it, without a device (fencing-watchdog-timeout).</param>
public sealed record FencingSetup(bool IsEnabled, IReadOnlyList<Primitive> Devices, bool ByWatchdog)
{
    /// <summary>Whether there is something that fences, and fencing is not switched off.</summary>
    public bool IsThere => IsEnabled && (ByWatchdog || Devices.Count > 0);

    /// <summary>Reads it.</summary>
    public static FencingSetup Of(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        return new FencingSetup(
            !ClusterBoolean.IsFalse(cib.Property(Enabled(cib))),
            [.. cib.Primitives.Where(p => p.Agent.Class == "stonith")],
            IsOn(Property(cib, "watchdog-timeout")) && !ClusterBoolean.IsFalse(cib.Property("have-watchdog"))
        );
    }

    /// <summary>The name by which fencing is switched on or off here: the other one would not be heeded.</summary>
    public static string Enabled(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        return NameOf(cib, "enabled");
    }

    // Pacemaker looks the new name up first, and the old one only where the new one is not set; older ones know the old one alone.
    private static string NameOf(Cib cib, string option) =>
        cib.Property("fencing-" + option) is null ? "stonith-" + option : "fencing-" + option;

    private static string? Property(Cib cib, string option) => cib.Property(NameOf(cib, option));

    // A negative one is twice SBD's own timeout; one that is no time counts as its default, which is none.
    private static bool IsOn(string? timeout) => ClusterTime.Parse(timeout?.Trim().TrimStart('-')) > TimeSpan.Zero;
}
