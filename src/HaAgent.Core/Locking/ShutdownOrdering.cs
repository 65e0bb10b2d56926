namespace HaAgent.Core.Locking;

/// <summary>
/// On a systemd host the daemons of the guests must stop after Pacemaker, or a shutdown of the node kills the guests before they can leave
/// (resource-agents #2081, #1087). Three files may order them: one of the package, the agent's own for hosts on which it was installed
/// without that file, and the one of <c>haagent setup</c>.
/// </summary>
public static class ShutdownOrdering
{
    /// <summary>Written by <c>haagent setup</c>, for pacemaker.service itself.</summary>
    public const string OfSetup = "/etc/systemd/system/pacemaker.service.d/haagent.conf";

    /// <summary>Written by the agent. pacemaker.service is ordered after this target.</summary>
    public const string OfAgent = "/run/systemd/system/resource-agents-deps.target.d/50-haagent.conf";

    /// <summary>What the package and the agent say. All daemons are named, because systemd ignores an ordering after a unit that is not
    /// there: modular and monolithic alike.</summary>
    public const string Unit = """
        [Unit]
        After=libvirtd.service virtqemud.service virtlockd.service virtlogd.service virt-guest-shutdown.target
        Wants=virt-guest-shutdown.target

        """;

    /// <summary>Every file that may order them.</summary>
    public static readonly IReadOnlyList<string> Files =
    [
        OfSetup,
        OfAgent,
        "/usr/lib/systemd/system/resource-agents-deps.target.d/50-haagent.conf",
        "/lib/systemd/system/resource-agents-deps.target.d/50-haagent.conf",
        "/usr/local/lib/systemd/system/resource-agents-deps.target.d/50-haagent.conf",
    ];

    /// <summary>The units after which such a file orders Pacemaker.</summary>
    public static IEnumerable<string> After(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('\n')
            .Where(line => line.StartsWith("After=", StringComparison.Ordinal))
            .SelectMany(line => line["After=".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
