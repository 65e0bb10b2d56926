using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.3: the clone with the volume runs on all nodes.</summary>
internal static class LockResourcesRun
{
    private const string Name = "lock storage";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        if (scope.Storage is not { } storage)
        {
            yield return new Finding(Name, Severity.Error, $"the cluster has no lock storage ({scope.GroupClone})", Mending.Setup(scope));
            yield break;
        }

        bool good = true;
        if (!ClusterBoolean.IsTrue(storage.GroupClone.MetaValue("interleave")))
        {
            good = false;
            yield return new Finding(Name, Severity.Error, $"{storage.GroupClone.Id} lacks interleave=true: when one node starts or stops it, the guests on the others are restarted", $"crm resource meta {storage.GroupClone.Id} set interleave true");
        }

        ClusterStatus status = scope.Snapshot.Status;
        string[] missing = [.. scope.Snapshot.Nodes.Select(n => n.Name).Where(status.TakesResources).Except(status.Where(storage.Filesystem.Id))];
        foreach (string node in missing)
        {
            good = false;
            string why = status.Failures.Where(f => f.Node == node && storage.Members.Any(m => m.Id == f.Resource)).Select(f => $": {f}").LastOrDefault() ?? "";
            yield return new Finding(Name, Severity.Error, $"{storage.GroupClone.Id} does not run on {node}{why}", $"crm resource cleanup {storage.GroupClone.Id}");
        }

        if (good)
            yield return new Finding(Name, Severity.Ok, $"{storage.GroupClone.Id} runs everywhere, with {storage.Filesystem.Parameter("device")} at {storage.Mount}", null);
    }
}
