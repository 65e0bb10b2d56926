using HaAgent.Cluster.Configuration;
using HaAgent.Core.Ocf;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>The operations of the guests have the time that the agent asks for: where nothing is said, Pacemaker gives 20 seconds.</summary>
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
            string[] shorter = [.. Operations.Where(name => Effective(cib, guest, name) < Wanted(name)).Select(name => $"{name} {Effective(cib, guest, name).TotalSeconds:0} s instead of {Wanted(name).TotalSeconds:0} s")];
            if (shorter.Length > 0)
            {
                good = false;
                yield return new Finding(Name, Severity.Warning, $"{guest.Id} has short timeouts: {string.Join(", ", shorter)}", $"crm configure edit {guest.Id}");
            }

            if (!guest.Operations.Any(op => op.Name == "monitor" && !ClusterBoolean.IsFalse(op.Attribute("enabled"))))
            {
                good = false;
                yield return new Finding(Name, Severity.Error, $"{guest.Id} is not monitored: the cluster does not see when it dies", Mending.Add(guest));
            }
        }

        if (good && guests.Length > 0)
            yield return new Finding(Name, Severity.Ok, "the guests' operations have the time they need", null);
    }

    private static TimeSpan Effective(Cib cib, Primitive guest, string name) =>
        ClusterTime.Parse(guest.FindOperation(name)?.Timeout) ?? ClusterTime.Parse(cib.OperationDefault("timeout")) ?? Default;

    private static TimeSpan Wanted(string name) => TimeSpan.FromSeconds(ActionTable.Find(name)!.TimeoutSeconds);
}
