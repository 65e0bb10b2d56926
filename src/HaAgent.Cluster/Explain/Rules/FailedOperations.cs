using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.History;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>Operations that failed, with what the agent said.</summary>
internal static class FailedOperations
{
    /// <summary>Pacemaker keeps no more of an exit reason (EXIT_REASON_MAX_LEN).</summary>
    private const int LongestReason = 128;

    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        foreach (OperationRecord failure in scope.History.Failures(scope.Id))
        {
            string what = $"{Verb(failure.Operation)} failed on {failure.Node} {scope.At(failure.When)} ({failure.Outcome})";
            string said = failure.Reason.Length > 0 ? $": {Whole(failure)}" : "";
            string sentence = what + said;
            string cleanup = $"mend that, then: crm resource cleanup {scope.Id}";
            yield return failure.Operation switch
            {
                "stop" => Cause.Certain(sentence + (ClusterBoolean.IsFalse(scope.Cib.Property("stonith-enabled"))
                    ? ". Without fencing the cluster does not touch it any more" : ". The cluster fences the node, or blocks the guest, so that it never runs twice"), cleanup),
                "start" when !scope.Runs => Cause.Certain(sentence, cleanup),
                "start" => Cause.Likely($"{what}, so it was put elsewhere{said}", cleanup),
                "migrate_to" or "migrate_from" => Cause.Likely(sentence, cleanup),
                _ => scope.Runs ? Cause.Possible(sentence, cleanup) : Cause.Likely(sentence, cleanup),
            };
        }
    }

    private static string Whole(OperationRecord failure) => failure.Reason.Length < LongestReason - 1
        ? failure.Reason.TrimEnd('.')
        : $"{failure.Reason.TrimEnd()} … (cut short by Pacemaker; the whole sentence is in the log of {failure.Node}: grep 'VirtualDomain({failure.Resource})' in the system log)";

    private static string Verb(string operation) => operation switch
    {
        "start" => "Its start",
        "stop" => "Its stop",
        "monitor" => "Its monitor",
        "migrate_to" => "Sending it (migrate_to)",
        "migrate_from" => "Receiving it (migrate_from)",
        _ => $"Its {operation}",
    };
}
