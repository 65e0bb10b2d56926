using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup.Steps;

namespace HaAgent.Cluster.Setup;

/// <summary>Finds what is missing between a cluster as it was seen and one that can run guests under lock. An empty plan means: set up.</summary>
public static class SetupPlanner
{
    /// <summary>
    /// The steps in the order in which their changes are made. Storage comes before libvirt's settings, so that a half-made setup refuses to
    /// start a guest rather than start it unprotected.
    /// </summary>
    private static readonly Func<SetupIntent, Snapshot, Plan>[] Steps =
    [
        ClusterReady.Plan,
        Packages.Plan,
        SharedDevice.Plan,
        SharedMount.Plan,
        LockResources.Plan,
        VolumeEverywhere.Plan,
        LockDirectory.Plan,
        LockSettings.Plan,
        PacemakerOrdering.Plan,
        Daemons.Plan,
    ];

    /// <summary>The plan; without I/O.</summary>
    public static Plan Plan(SetupIntent intent, Snapshot snapshot)
    {
        // Nothing can be said of a cluster that is not whole: the later steps need every node's facts.
        Plan ready = ClusterReady.Plan(intent, snapshot);
        return ready.Refusals.Count > 0 ? ready : WithoutRepetition(Planning.Plan.All(Steps.Select(step => step(intent, snapshot))));
    }

    // What could not be learned may be missed by several steps.
    private static Plan WithoutRepetition(Plan plan) => plan with { Refusals = [.. plan.Refusals.Distinct()] };
}
