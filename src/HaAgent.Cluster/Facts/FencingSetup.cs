using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Facts;

/// <summary>
/// What a configuration has for fencing: read in one place, and as Pacemaker reads it. Its options have an old name (stonith-…) and, since
/// Pacemaker 3, a new one (fencing-…). What a Pacemaker does not know it does not heed; where it may know both and they disagree, fencing
/// counts as switched off.
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
            !Names(cib, "enabled").Any(name => ClusterBoolean.IsFalse(cib.Property(name))),
            [.. cib.Primitives.Where(p => p.Agent.Class == "stonith")],
            Names(cib, "watchdog-timeout").All(name => IsOn(cib.Property(name))) && !ClusterBoolean.IsFalse(cib.Property("have-watchdog"))
        );
    }

    /// <summary>The name by which fencing is switched on or off here: the one that has it off, if one has.</summary>
    public static string Enabled(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        string[] names = Names(cib, "enabled");
        return names.FirstOrDefault(name => ClusterBoolean.IsFalse(cib.Property(name))) ?? names[0];
    }

    // The names of an option that may be heeded: those that are set, or else the one that every Pacemaker knows.
    private static string[] Names(Cib cib, string option)
    {
        string before = "stonith-" + option,
            now = "fencing-" + option;
        bool knowsNew = PacemakerVersion.IsBefore3(cib) != true;
        return knowsNew && cib.Property(now) is not null
            ? cib.Property(before) is null
                ? [now]
                : [now, before]
            : [before];
    }

    // A negative one is twice SBD's own timeout; one that is no time counts as its default, which is none.
    private static bool IsOn(string? timeout) => ClusterTime.Parse(timeout?.Trim().TrimStart('-')) > TimeSpan.Zero;
}
