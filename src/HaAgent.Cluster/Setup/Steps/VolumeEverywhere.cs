using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>Guide 18.3, step 9: the clone must run on all nodes.</summary>
public static class VolumeEverywhere
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Waits for the nodes on which the volume is not up.</summary>
    public static Plan Plan(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        string[] wanted = [.. snapshot.Nodes.Select(n => n.Name).Where(snapshot.Status.TakesResources)];
        string[] resting = [.. snapshot.Nodes.Select(n => n.Name).Except(wanted)];
        Plan notes = Planning.Plan.All(resting.Select(node =>
            Planning.Plan.Note($"{node} takes no resources now (standby or maintenance), so the volume is not mounted there yet")));
        string resource = intent.Names.Filesystem;
        return wanted.Except(snapshot.Status.Where(resource)).Any()
            ? notes + Planning.Plan.Of(new Change.Await($"wait until {intent.Names.GroupClone} runs on {string.Join(", ", wanted)}", resource, new Goal.OnAll(wanted), Limit))
            : notes;
    }
}
