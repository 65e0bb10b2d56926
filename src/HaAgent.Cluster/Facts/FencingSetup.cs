using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Facts;

/// <summary>What a configuration has for fencing: read in one place, and as Pacemaker reads it.</summary>
/// <param name="IsEnabled">stonith-enabled: on unless it is switched off; what is no boolean counts as its default.</param>
/// <param name="Devices">The resources that fence.</param>
/// <param name="ByWatchdog">A node's own watchdog fences it, without a device (stonith-watchdog-timeout).</param>
public sealed record FencingSetup(bool IsEnabled, IReadOnlyList<Primitive> Devices, bool ByWatchdog)
{
    /// <summary>Whether there is something that fences, and fencing is not switched off.</summary>
    public bool IsThere => IsEnabled && (ByWatchdog || Devices.Count > 0);

    /// <summary>Reads it.</summary>
    public static FencingSetup Of(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        return new FencingSetup(
            !ClusterBoolean.IsFalse(cib.Property("stonith-enabled")),
            [.. cib.Primitives.Where(p => p.Agent.Class == "stonith")],
            IsOn(cib.Property("stonith-watchdog-timeout")) && !ClusterBoolean.IsFalse(cib.Property("have-watchdog"))
        );
    }

    // A negative one is twice SBD's own timeout; one that is no time counts as its default, which is none.
    private static bool IsOn(string? timeout) => ClusterTime.Parse(timeout?.Trim().TrimStart('-')) > TimeSpan.Zero;
}
