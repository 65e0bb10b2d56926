using HaAgent.Cluster.History;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>An operation that the cluster has begun and not ended (record-pending, which is Pacemaker's default).</summary>
internal static class UnderWay
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        foreach (OperationRecord operation in scope.History.Of(scope.Id).Where(o => o is { Pending: true, Operation: "start" or "stop" or "migrate_to" or "migrate_from" }))
            yield return Cause.Certain($"{Words(operation)} is under way; it began {scope.At(operation.When)}", "wait, and watch it with crm_mon");
    }

    private static string Words(OperationRecord operation) => operation.Operation switch
    {
        "start" => $"Its start on {operation.Node}",
        "stop" => $"Its stop on {operation.Node}",
        _ => $"Its migration from {operation.MigrateSource} to {operation.MigrateTarget}",
    };
}
