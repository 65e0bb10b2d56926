using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup.Steps;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.2: a fencing device such as SBD.</summary>
internal static class Fencing
{
    private const string Name = "fencing";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Snapshot snapshot = scope.Snapshot;
        if (!ClusterReady.HasFencing(snapshot.Cib))
        {
            bool disabled = !ClusterBoolean.IsTrueOrUnset(snapshot.Cib.Property("stonith-enabled"));
            yield return disabled
                ? new Finding(Name, Severity.Error, "fencing is switched off: after a node's failure nobody can prove that its guests are dead", "crm configure property stonith-enabled=true")
                : new Finding(Name, Severity.Error, "no fencing device is configured: after a node's failure nobody can prove that its guests are dead", "crm cluster init sbd (or crm configure primitive NAME stonith:…)");
            yield break;
        }

        Primitive[] devices = [.. snapshot.Cib.Primitives.Where(p => p.Agent.Class == "stonith")];
        Finding[] problems = [.. NotRunning(snapshot, devices), .. Sbd(snapshot, devices)];
        foreach (Finding problem in problems)
            yield return problem;
        if (problems.Length == 0)
        {
            string what = devices.Length > 0 ? string.Join(", ", devices.Select(d => $"{d.Id} ({d.Agent})")) : "SBD with a watchdog alone";
            yield return new Finding(Name, Severity.Ok, $"fencing is enabled, by {what}", null);
        }
    }

    private static IEnumerable<Finding> NotRunning(Snapshot snapshot, Primitive[] devices) => devices
        .Where(device => !snapshot.Status.Where(device.Id).Any())
        .Select(device => new Finding(Name, Severity.Error, $"the fencing device {device.Id} runs nowhere", $"crm resource status {device.Id}; crm resource cleanup {device.Id}"));

    // A node whose SBD daemon or watchdog is missing does not kill itself when it has to.
    private static IEnumerable<Finding> Sbd(Snapshot snapshot, Primitive[] devices)
    {
        foreach (Finding unknown in snapshot.Reached.Select(node => Finding.Unless(Name, "whether SBD runs", node, node.Sbd)).OfType<Finding>())
            yield return unknown;
        bool wanted = devices.Any(d => d.Agent.Type is "external/sbd" or "fence_sbd") || snapshot.Reached.Any(n => n.Sbd.State == FactState.Known);
        if (!wanted)
            yield break;
        foreach (NodeFacts node in snapshot.Reached.Where(n => n.Sbd.State != FactState.NotLearned))
        {
            if (node.Sbd is not { Value.Running: true })
                yield return new Finding(Name, Severity.Error, $"SBD does not run on {node.Name}: that node cannot be fenced by it", $"systemctl enable sbd on {node.Name}, then restart the cluster there");
            else if (!node.Sbd.Value.Watchdog)
                yield return new Finding(Name, Severity.Error, $"{node.Name} has no watchdog device for SBD", $"load the hardware's watchdog driver on {node.Name}, or softdog: echo softdog > /etc/modules-load.d/watchdog.conf; modprobe softdog");
        }

        string[] sets = [.. snapshot.Reached.Select(n => n.Sbd.Value).OfType<SbdFact>().Select(sbd => string.Join(' ', sbd.Devices.Keys.Order(StringComparer.Ordinal))).Distinct()];
        if (sets.Length > 1)
            yield return new Finding(Name, Severity.Error, $"the nodes name different SBD devices ({string.Join(" / ", sets)})", "make SBD_DEVICE equal on all nodes (/etc/sysconfig/sbd)");
    }
}
