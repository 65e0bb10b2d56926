using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>What an admin asked of the resource itself.</summary>
internal static class AdminsWill
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        foreach (string name in scope.Names)
        {
            string? role = name == scope.Id ? scope.Meta("target-role") : scope.Cib.Clone(name)?.MetaValue("target-role");
            if (string.Equals(role, "Stopped", StringComparison.OrdinalIgnoreCase))
                yield return Cause.Certain($"{name} is told to be stopped (target-role=Stopped)", $"crm resource start {name}");
        }

        if (ClusterBoolean.IsFalse(scope.Meta("is-managed")))
            yield return Left(scope, "is-managed=false", $"crm resource manage {scope.Id}");
        if (ClusterBoolean.IsTrue(scope.Meta("maintenance")))
            yield return Left(scope, "maintenance=true", $"crm resource maintenance {scope.Id} off");
    }

    private static Cause Left(ExplainScope scope, string how, string next) =>
        Cause.Certain($"{scope.Id} is left alone by the cluster ({how}): it is neither started nor stopped nor moved", next);
}
