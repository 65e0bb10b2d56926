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

    /// <summary>libvirt's: only while it is active do the guests' own scopes stop after whoever follows it.</summary>
    private const string OfGuests = "virt-guest-shutdown.target";

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
    private static readonly string[] Asked =
    [
        Pacemaker,
        Target,
        OfGuests,
        "libvirt-guests.service",
        "libvirtd.service",
        "virtqemud.service",
    ];

    /// <summary>The question to systemctl that <see cref="Read"/> reads the answer of.</summary>
    public static IReadOnlyList<string> Question { get; } =
    ["show", "--property=LoadState,ActiveState,After,DropInPaths,NeedDaemonReload", "--", .. Asked];

    /// <summary>What starts the target without which the guests' scopes have no order.</summary>
    public static IReadOnlyList<string> StartOfGuests { get; } = ["start", "--no-block", "--", OfGuests];

    /// <summary>What systemd says of the order.</summary>
    /// <param name="show">What systemctl answers to <see cref="Question"/>: a block of lines for each unit.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public static ShutdownOrder Read(string show)
    {
        ArgumentNullException.ThrowIfNull(show);
        string[][] blocks = [.. show.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block => block.Split('\n'))];
        if (blocks.Length != Asked.Length)
            throw new FormatException($"systemctl tells of {blocks.Length} units where {Asked.Length} were asked for");
        var units = new Dictionary<string, string[]>();
        for (int i = 0; i < blocks.Length; i++)
        {
            units[Asked[i]] = blocks[i];
            if (Value(blocks[i], "ActiveState") is null || Value(blocks[i], "LoadState") is null)
                throw new FormatException($"systemctl tells nothing of {Asked[i]}");
        }

        string[] target = units[Target];
        string[] targetAfter = Words(target, "After");
        return new ShutdownOrder(Effective(units))
        {
            HasTarget = Value(target, "LoadState") != "not-found",
            // Another drop-in of the target that changed since makes systemd say the same of ours.
            HasRead =
                Words(target, "DropInPaths").Contains(OfAgent) && (Value(target, "NeedDaemonReload") != "yes" || IsWhole(targetAfter)),
            LacksGuests =
                Value(units[OfGuests], "LoadState") == "loaded" && Value(units[OfGuests], "ActiveState") is "inactive" or "failed",
        };
    }

    /// <summary>The units after which systemd orders Pacemaker, itself or by another unit. One that does not run orders nothing at
    /// shutdown; the target is started with Pacemaker.</summary>
    private static List<string> Effective(Dictionary<string, string[]> units)
    {
        var orders = units
            .Where(unit => unit.Key is Pacemaker or Target || Value(unit.Value, "ActiveState") == "active")
            .ToDictionary(unit => unit.Key, unit => Words(unit.Value, "After"));
        List<string> after = [.. orders[Pacemaker]];
        for (int i = 0; i < after.Count; i++)
        {
            if (orders.TryGetValue(after[i], out string[]? more))
                after.AddRange(more.Except(after));
        }

        return after;
    }

    private static string[] Words(string[] block, string key) =>
        (Value(block, key) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

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

/// <summary>What systemd says of the order of Pacemaker and the daemons.</summary>
/// <param name="After">The units after which Pacemaker is ordered, itself or by another unit that counts.</param>
public sealed record ShutdownOrder(IReadOnlyList<string> After)
{
    /// <summary>Everything that <see cref="ShutdownOrdering.Unit"/> orders is ordered.</summary>
    public bool IsWhole => ShutdownOrdering.IsWhole([.. After]);

    /// <summary>Pacemaker is ordered after the unit that the agent's file is about.</summary>
    public bool FollowsTarget => After.Contains(ShutdownOrdering.Target);

    /// <summary>There is the unit that the agent's file is about.</summary>
    public bool HasTarget { get; init; }

    /// <summary>systemd has read the agent's file as it lies there.</summary>
    public bool HasRead { get; init; }

    /// <summary>libvirt has a target by which guests are ordered, and it is not active.</summary>
    public bool LacksGuests { get; init; }
}
