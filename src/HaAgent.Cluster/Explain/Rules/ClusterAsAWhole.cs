using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>What keeps the cluster as a whole from acting.</summary>
internal static class ClusterAsAWhole
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        if (scope.Status.Controller is null)
            yield return Cause.Certain("The cluster has no node that takes decisions (no DC) at the moment", "wait some seconds; if it stays so, look at 'crm_mon -1' and the cluster's network on every node");
        string policy = scope.Cib.Property("no-quorum-policy") ?? "stop";
        if (!scope.Status.HasQuorum && policy != "ignore")
            yield return Cause.Certain($"This part of the cluster has no quorum, and no-quorum-policy is {policy}: {WithoutQuorum(policy)}", "bring the missing nodes back (crm cluster start --all), or mend the cluster's network");
        if (ClusterBoolean.IsTrue(scope.Cib.Property("maintenance-mode")))
            yield return Cause.Certain("The whole cluster is in maintenance: it leaves every resource as it is", "crm maintenance off");
        if (ClusterBoolean.IsTrue(scope.Cib.Property("stop-all-resources")))
            yield return Cause.Certain("stop-all-resources is set: the cluster keeps everything stopped", "crm configure property stop-all-resources=false");
        foreach (NodeStatus node in scope.Status.Nodes.Where(n => n.Unclean))
        {
            string fencing = ClusterBoolean.IsFalse(scope.Cib.Property("stonith-enabled"))
                ? "fencing is switched off, so this never ends by itself" : "the cluster waits for its fencing";
            string sentence = $"{node.Name} is UNCLEAN: nobody knows what runs there, and {fencing}";
            string next = $"see why it is not fenced (stonith_admin --history {node.Name}; crm_mon -1 --include=fencing); once {node.Name} is surely off: crm node clearstate {node.Name}";
            yield return scope.Runs && !scope.RunsOn.Contains(node.Name) ? Cause.Possible(sentence, next) : Cause.Certain(sentence, next);
        }
    }

    private static string WithoutQuorum(string policy) => policy switch
    {
        "freeze" => "it starts nothing",
        "suicide" or "fence" => "its nodes are fenced",
        _ => "it stops everything and starts nothing",
    };
}
