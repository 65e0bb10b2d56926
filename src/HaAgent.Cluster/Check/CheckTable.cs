using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Check.Rules;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Check;

/// <summary>Every check, one row each, in the order of the guide's requirements (18.2).</summary>
public static class CheckTable
{
    private static readonly Func<CheckScope, IEnumerable<Finding>>[] Rows =
    [
        Members.Look,
        Fencing.Look,
        QuorumPolicy.Look,
        Management.Look,
        RootLogins.Look,
        Bridges.Look,
        SharedDevices.Look,
        AgentInstalled.Look,
        VirtualizationDaemons.Look,
        LockResourcesRun.Look,
        LockManagerFencing.Look,
        LockSettingsEqual.Look,
        Lockspace.Look,
        ShutdownOrder.Look,
        Constraints.Look,
        OperationTimeouts.Look,
        StartsAgain.Look,
        GuestsRun.Look,
        GuestConfiguration.Look,
        GuestDefinitions.Look,
        GuestPaths.Look,
        GuestDisks.Look,
        GuestMigration.Look,
        GuestTransport.Look,
    ];

    /// <summary>Everything found.</summary>
    public static IReadOnlyList<Finding> Look(CheckScope scope) => [.. Rows.SelectMany(row => row(scope))];
}

/// <summary>What is looked at.</summary>
/// <param name="Snapshot">What was seen.</param>
/// <param name="GroupClone">The name of the clone that carries the lock storage.</param>
/// <param name="Devices">The shared devices to look at: those the admin named, or those in the cluster's configuration.</param>
/// <param name="Guests">The guests to look at.</param>
public sealed record CheckScope(
    Snapshot Snapshot,
    string GroupClone,
    IReadOnlyList<string> Devices,
    IReadOnlyList<Guests.GuestFacts> Guests
)
{
    /// <summary>The lock storage as it is configured; null when there is none yet.</summary>
    public LockStorage? Storage { get; } = LockStorage.Find(Snapshot.Cib, GroupClone);
}

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but not as well as it could, or not in every case.</summary>
    Warning,

    /// <summary>High availability is broken, or will be when it is needed.</summary>
    Error,
}

/// <summary>What a check found.</summary>
/// <param name="Check">The name of the check.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Sentence">What was found, on what, in one sentence.</param>
/// <param name="Mend">The command or the step that mends it; null when all is well.</param>
public sealed record Finding(string Check, Severity Severity, string Sentence, Advice? Mend)
{
    /// <summary>It could not be looked at.</summary>
    public bool IsNotLearned { get; init; }

    /// <summary>It could not be looked at, and so nobody knows whether all is well. What libvirt thinks of a guest's CPU is no such thing:
    /// some of them have no opinion, and it decides about a move, and not about a start.</summary>
    public bool IsDoubt => IsNotLearned && Check != GuestMigration.Name;

    /// <summary>What could not be looked at: no fault is known of it, and neither is that there is none.</summary>
    /// <param name="check">The name of the check.</param>
    /// <param name="what">What could not be learned, as the beginning of a sentence.</param>
    /// <param name="node">The node.</param>
    /// <param name="why">Why, as the end of a sentence.</param>
    public static Finding NotLearned(string check, string what, string node, string why) =>
        new(
            check,
            Severity.Warning,
            $"{what} on {node} could not be learned: {why.TrimEnd('.')}",
            $"see to that on {node}, then run this again"
        )
        {
            IsNotLearned = true,
        };

    /// <summary>The faults, or where there are none, that all is well.</summary>
    /// <param name="faults">What was found.</param>
    /// <param name="check">The name of the check.</param>
    /// <param name="well">The sentence that says so.</param>
    internal static IEnumerable<Finding> FaultsOr(IReadOnlyList<Finding> faults, string check, Func<string> well) =>
        faults.Count > 0 ? faults : [new Finding(check, Severity.Ok, well(), null)];

    /// <summary>The finding that a fact could not be learned; null when it was.</summary>
    internal static Finding? Unless<T>(string check, string what, NodeFacts node, Fact<T> fact)
        where T : notnull => fact.IsNotLearned(out string? why) ? NotLearned(check, what, node.Name, why) : null;
}

/// <summary>The commands of haagent that mend what checks find, as they must be typed in this cluster.</summary>
internal static class Remedies
{
    /// <summary>Sets up what is missing, on the storage that is configured.</summary>
    public static Advice Setup(CheckScope scope) =>
        scope.Storage is { } storage ? Advice.Of($"haagent setup {Words(storage)}")
        : scope.Devices is [var device] ? Advice.Of($"haagent setup --device {device}")
        : $"haagent setup --device DEVICE (or --existing-mount DIRECTORY)";

    /// <summary>Completes what a guest of the cluster lacks.</summary>
    public static Advice Add(Primitive guest) =>
        guest.Agent == AgentName.Theirs ? Advice.Of($"haagent adopt {guest.Id}, then haagent add {guest.Id}") : $"haagent add {guest.Id}";

    private static IEnumerable<string> Words(LockStorage storage)
    {
        Primitive filesystem = storage.Filesystem;
        string device = filesystem.Parameter("device") ?? "DEVICE";
        string type = filesystem.Parameter("fstype") ?? "";
        Storage kind =
            type == "none"
                ? new Storage.ExistingMount(
                    device.EndsWith(Storage.ExistingMount.Directory, StringComparison.Ordinal)
                        ? device[..^Storage.ExistingMount.Directory.Length]
                        : device
                )
                : new Storage.Device(device, type == "gfs2" ? VolumeType.Gfs2 : VolumeType.Ocfs2, ForceFormat: false);
        string[] words = kind switch
        {
            Storage.ExistingMount mount => ["--existing-mount", mount.Path],
            Storage.Device { Type: VolumeType.Gfs2 } => ["--device", device, "--fs", "gfs2"],
            _ => ["--device", device],
        };
        LockNames names = LockNames.Default(kind);
        string? dlm = storage.Members.FirstOrDefault(member => member.Agent == AgentName.Controld)?.Id;
        return
        [
            .. words,
            .. Unless(SetupIntent.DefaultMount, "--mount", storage.Mount),
            .. Unless(names.Dlm, "--dlm", dlm ?? names.Dlm),
            .. Unless(names.Filesystem, "--filesystem", filesystem.Id),
            .. Unless(names.Group, "--group", storage.GroupClone.Child),
            .. Unless(names.GroupClone, "--clone", storage.GroupClone.Id),
        ];
    }

    private static string[] Unless(string usual, string option, string value) => value == usual ? [] : [option, value];
}
