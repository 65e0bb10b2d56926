using HaAgent.Cluster.Add;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>The cluster runs the guests that it is asked to run, and remembers no failure that keeps them from a node.</summary>
internal static class GuestsRun
{
    private const string Name = "guests";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Primitive[] guests = [.. scope.Snapshot.Cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        return guests.Length == 0
            ? []
            : Finding.FaultsOr(
                [.. guests.SelectMany(guest => Look(scope.Snapshot.Status, guest))],
                Name,
                () => $"{string.Join(", ", guests.Select(g => g.Id))}: running as asked, and no failure is remembered"
            );
    }

    private static IEnumerable<Finding> Look(ClusterStatus status, Primitive guest)
    {
        OperationFailure[] failures = [.. status.Failures.Where(failure => failure.Resource == guest.Id)];
        Advice mend = $"crm resource cleanup {guest.Id}, once its reason is mended";
        bool asked = !guest.IsToldToStop;
        if (asked && !status.Anywhere(guest.Id).Any())
            yield return new Finding(
                Name,
                Severity.Error,
                $"{guest.Id} runs nowhere{string.Concat(failures.Select(failure => $"; {failure}"))}",
                failures.Length > 0 ? mend : $"haagent explain {guest.Id}"
            );
        else
            foreach (OperationFailure failure in failures)
                yield return new Finding(Name, Severity.Warning, $"{failure}", mend);
    }
}

/// <summary>
/// A guest whose start failed on a node is tried there again by itself (failure-timeout): to Pacemaker one failed start is fatal, and the
/// node is banned until somebody cleans up.
/// </summary>
internal static class StartsAgain
{
    private const string Name = "second tries";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Cib cib = scope.Snapshot.Cib;
        Primitive[] guests = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        return guests.Length == 0
            ? []
            : Finding.FaultsOr(
                [.. guests.Select(guest => Of(cib, guest)).OfType<Finding>()],
                Name,
                () => $"{string.Join(", ", guests.Select(g => g.Id))}: tried again where a start failed"
            );
    }

    private static Finding? Of(Cib cib, Primitive guest)
    {
        string? text = guest.MetaValue(GuestResources.FailureTimeout) ?? cib.ResourceDefault(GuestResources.FailureTimeout);
        TimeSpan time = ClusterTime.Parse(text) ?? TimeSpan.Zero;
        Advice byHand = $"crm resource meta {guest.Id} set {GuestResources.FailureTimeout} {GuestResources.FailureTimeoutValue}";
        const string Never = "where its start failed once it is never tried again by itself";
        if (text is null)
            return Warning($"{guest.Id} has no failure-timeout: {Never}", $"{Remedies.Add(guest)} (or {byHand})");
        if (time == TimeSpan.Zero)
            return Warning($"{guest.Id} has failure-timeout={text}: {Never}", byHand);
        TimeSpan longest = TimeSpan.FromSeconds(ActionTable.Rows.Max(row => row.TimeoutSeconds));
        return time > longest
            ? null
            : Warning(
                $"{guest.Id} has failure-timeout={text}, and an operation may take {longest.TotalSeconds:0} s: "
                    + "a failure may be forgotten before the cluster has dealt with it",
                byHand
            );
    }

    private static Finding Warning(string sentence, Advice mend) => new(Name, Severity.Warning, sentence, mend);
}

/// <summary>The operations of the guests have the time that the agent asks for: where nothing is said, Pacemaker gives 20
/// seconds.</summary>
internal static class OperationTimeouts
{
    private const string Name = "timeouts";
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(20);
    private static readonly string[] Operations = ["start", "stop", "monitor", "migrate_to", "migrate_from"];

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Cib cib = scope.Snapshot.Cib;
        Primitive[] guests = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        bool good = true;
        foreach (Primitive guest in guests)
        {
            string[] shorter =
            [
                .. Operations
                    .Where(name => Effective(cib, guest, name) < Wanted(name))
                    .Select(name => $"{name} {Effective(cib, guest, name).TotalSeconds:0} s instead of {Wanted(name).TotalSeconds:0} s"),
            ];
            if (shorter.Length > 0)
            {
                good = false;
                yield return new Finding(
                    Name,
                    Severity.Warning,
                    $"{guest.Id} has short timeouts: {string.Join(", ", shorter)}",
                    $"crm configure edit {guest.Id}"
                );
            }

            if (!guest.Operations.Any(op => op.Name == "monitor" && !ClusterBoolean.IsFalse(op.Attribute("enabled"))))
            {
                good = false;
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"{guest.Id} is not monitored: the cluster does not see when it dies",
                    Remedies.Add(guest)
                );
            }
        }

        if (good && guests.Length > 0)
            yield return new Finding(Name, Severity.Ok, "the guests' operations have the time they need", null);
    }

    private static TimeSpan Effective(Cib cib, Primitive guest, string name) =>
        ClusterTime.Parse(guest.FindOperation(name)?.Timeout) ?? ClusterTime.Parse(cib.OperationDefault("timeout")) ?? Default;

    private static TimeSpan Wanted(string name) => TimeSpan.FromSeconds(ActionTable.Find(name)!.TimeoutSeconds);
}

/// <summary>Guide 18.5, steps 6 and 7: guests run where the lock storage runs, and after it.</summary>
internal static class Constraints
{
    private const string Name = "constraints";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        if (scope.Storage is not { } storage)
            yield break;
        Cib cib = scope.Snapshot.Cib;
        string[] guests = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => p.Id)];
        bool good = true;
        foreach (string guest in guests)
        {
            string[] missing =
            [
                .. new[] { ConstraintKind.Colocation, ConstraintKind.Order }
                    .Where(kind =>
                        !cib.Constraints.Any(c =>
                            c.Kind == kind && c.Resources.Contains(guest) && c.Resources.Contains(storage.GroupClone.Id)
                        )
                    )
                    .Select(kind => kind == ConstraintKind.Colocation ? "colocation" : "order"),
            ];
            if (missing.Length == 0)
                continue;
            good = false;
            yield return new Finding(
                Name,
                Severity.Error,
                $"{guest} has no {string.Join(" and no ", missing)} with {storage.GroupClone.Id}: it may start without its lock storage",
                Remedies.Add(cib.Primitive(guest)!)
            );
        }

        if (good && guests.Length > 0)
            yield return new Finding(
                Name,
                Severity.Ok,
                $"{string.Join(", ", guests)}: tied to {storage.GroupClone.Id}, and started after it",
                null
            );
    }
}
