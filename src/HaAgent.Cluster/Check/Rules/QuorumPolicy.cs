namespace HaAgent.Cluster.Check.Rules;

/// <summary>What the cluster does without quorum; DLM and the filesystems above it want it to freeze.</summary>
internal static class QuorumPolicy
{
    private const string Name = "quorum policy";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        string policy = scope.Snapshot.Cib.Property("no-quorum-policy") ?? "stop";
        bool dlm = scope.Storage?.UsesDlm ?? false;
        yield return policy switch
        {
            "ignore" => new Finding(Name, Severity.Error, "no-quorum-policy=ignore lets each half of a broken cluster fence the other and start its guests", "crm configure property no-quorum-policy=freeze"),
            "freeze" => new Finding(Name, Severity.Ok, "no-quorum-policy=freeze", null),
            _ when dlm => new Finding(Name, Severity.Warning, $"no-quorum-policy={policy}: without quorum the cluster cannot unmount a volume under DLM and would fence the node", "crm configure property no-quorum-policy=freeze"),
            _ => new Finding(Name, Severity.Ok, $"no-quorum-policy={policy}", null),
        };
    }
}
