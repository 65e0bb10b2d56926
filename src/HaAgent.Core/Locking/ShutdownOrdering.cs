namespace HaAgent.Core.Locking;

/// <summary>
/// On a systemd host the daemons of the guests must stop after Pacemaker, or a shutdown of the node kills the guests before they can leave
/// (resource-agents #2081, #1087). Whatever file orders them (the package's, the agent's own for hosts on which it was installed without
/// that, the one of <c>haagent setup</c>, an admin's), systemd knows it once it has read the file.
/// </summary>
public static class ShutdownOrdering
{
    /// <summary>Written by <c>haagent setup</c>, for pacemaker.service itself.</summary>
    public const string OfSetup = "/etc/systemd/system/pacemaker.service.d/haagent.conf";

    /// <summary>The unit that has to stop first.</summary>
    public const string Pacemaker = "pacemaker.service";

    /// <summary>Pacemaker is ordered after it, and it has nothing to do but to be ordered after others.</summary>
    public const string Target = "resource-agents-deps.target";

    /// <summary>Written by the agent.</summary>
    public const string OfAgent = "/run/systemd/system/resource-agents-deps.target.d/50-haagent.conf";

    /// <summary>What the package and the agent say. All daemons are named, because systemd ignores an ordering after a unit that is not
    /// there: modular and monolithic alike.</summary>
    public const string Unit = """
        [Unit]
        After=libvirtd.service virtqemud.service virtlockd.service virtlogd.service virt-guest-shutdown.target
        Wants=virt-guest-shutdown.target

        """;

    /// <summary>Every file of ours that may order them.</summary>
    public static readonly IReadOnlyList<string> Files =
    [
        OfSetup,
        OfAgent,
        "/usr/lib/systemd/system/resource-agents-deps.target.d/50-haagent.conf",
        "/lib/systemd/system/resource-agents-deps.target.d/50-haagent.conf",
        "/usr/local/lib/systemd/system/resource-agents-deps.target.d/50-haagent.conf",
    ];

    /// <summary>Whether everything that <see cref="Unit"/> orders is ordered already.</summary>
    /// <param name="after">The units after which Pacemaker is ordered.</param>
    public static bool IsWhole(IReadOnlyCollection<string> after) => After(Unit).All(after.Contains);

    /// <summary>What is asked of systemd: Pacemaker, and the units by which it may be ordered after others.</summary>
    public static IReadOnlyList<string> Asked { get; } =
    [Pacemaker, Target, "libvirt-guests.service", "libvirtd.service", "virtqemud.service"];

    /// <summary>The units after which systemd orders Pacemaker, itself or by another unit. One that does not run orders nothing at
    /// shutdown; the target is started with Pacemaker.</summary>
    /// <param name="show">What <c>systemctl show</c> says of <see cref="Asked"/>: a block of lines for each, with the properties
    /// ActiveState and After.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public static IReadOnlyList<string> Effective(string show)
    {
        ArgumentNullException.ThrowIfNull(show);
        string[][] blocks = [.. show.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block => block.Split('\n'))];
        if (blocks.Length != Asked.Count)
            throw new FormatException($"systemctl tells of {blocks.Length} units where {Asked.Count} were asked for");
        var orders = new Dictionary<string, string[]>();
        for (int i = 0; i < blocks.Length; i++)
        {
            string state = Value(blocks[i], "ActiveState") ?? throw new FormatException($"systemctl tells nothing of {Asked[i]}");
            if (Asked[i] is Pacemaker or Target || state == "active")
                orders[Asked[i]] = (Value(blocks[i], "After") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }

        List<string> after = [.. orders[Pacemaker]];
        for (int i = 0; i < after.Count; i++)
        {
            if (orders.TryGetValue(after[i], out string[]? more))
                after.AddRange(more.Except(after));
        }

        return after;
    }

    private static string? Value(string[] block, string key) =>
        block.FirstOrDefault(line => line.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..].Trim();

    /// <summary>The units after which such a file orders Pacemaker.</summary>
    public static IEnumerable<string> After(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('\n')
            .Where(line => line.StartsWith("After=", StringComparison.Ordinal))
            .SelectMany(line => line["After=".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
