using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Check.Rules;

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
    ];

    /// <summary>Everything found.</summary>
    public static IReadOnlyList<Finding> Look(CheckScope scope) => [.. Rows.SelectMany(row => row(scope))];
}
