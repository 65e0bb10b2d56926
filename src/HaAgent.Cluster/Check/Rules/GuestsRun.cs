using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>The cluster runs the guests that it is asked to run, and remembers no failure that keeps them from a node.</summary>
internal static class GuestsRun
{
    private const string Name = "guests";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Primitive[] guests = [.. scope.Snapshot.Cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        Finding[] problems = [.. guests.SelectMany(guest => Look(scope.Snapshot.Status, guest))];
        foreach (Finding problem in problems)
            yield return problem;
        if (guests.Length > 0 && problems.Length == 0)
            yield return new Finding(Name, Severity.Ok, $"{string.Join(", ", guests.Select(g => g.Id))}: running as asked, and no failure is remembered", null);
    }

    private static IEnumerable<Finding> Look(ClusterStatus status, Primitive guest)
    {
        OperationFailure[] failures = [.. status.Failures.Where(failure => failure.Resource == guest.Id)];
        string mend = $"crm resource cleanup {guest.Id}, once its reason is mended";
        bool asked = !guest.IsToldToStop;
        if (asked && !status.Anywhere(guest.Id).Any())
            yield return new Finding(Name, Severity.Error, $"{guest.Id} runs nowhere{string.Concat(failures.Select(failure => $"; {failure}"))}", failures.Length > 0 ? mend : $"haagent explain {guest.Id}");
        else
            foreach (OperationFailure failure in failures)
                yield return new Finding(Name, Severity.Warning, $"{failure}", mend);
    }
}
