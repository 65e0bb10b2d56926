using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.2: a running cluster with at least two nodes. Quorum too.</summary>
internal static class Members
{
    private const string Name = "nodes";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Snapshot snapshot = scope.Snapshot;
        bool good = true;
        if (snapshot.Nodes.Count < 2)
        {
            good = false;
            yield return new Finding(
                Name,
                Severity.Error,
                $"the cluster has {snapshot.Nodes.Count} node: high availability needs at least two",
                $"crm cluster join, on another machine"
            );
        }

        foreach (NodeFacts node in snapshot.Nodes.Where(n => n.Unreachable is not null))
        {
            // Who did not answer in time may only be slow.
            bool isLate = node.Unreachable is NodeFailure.TooLate or NodeFailure.BrokenOff;
            good = false;
            yield return new Finding(
                Name,
                isLate ? Severity.Warning : Severity.Error,
                $"{node.Name} could not be asked: {node.Unreachable!.Sentence}",
                node.Unreachable.WayOut(node.Name)
            )
            {
                IsNotLearned = isLate,
            };
        }

        foreach (NodeStatus node in snapshot.Status.Nodes)
        {
            if (node.Unclean)
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"{node.Name} is unclean: it waits to be fenced, and its guests wait with it",
                    $"crm_mon -1; if the node is certainly dead: stonith_admin --confirm {node.Name}"
                );
            else if (!node.Online)
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"{node.Name} is not online in the cluster",
                    $"crm cluster start, on {node.Name}"
                );
            else if (node.Standby || node.Maintenance)
                yield return new Finding(
                    Name,
                    Severity.Warning,
                    $"{node.Name} takes no resources ({(node.Standby ? "standby" : "maintenance")})",
                    node.Standby ? Advice.Of($"crm node online {node.Name}") : $"crm node ready {node.Name}"
                );
            good &= node is { Online: true, Unclean: false, Standby: false, Maintenance: false };
        }

        if (!snapshot.Status.HasQuorum)
            yield return new Finding(Name, Severity.Error, "the cluster has no quorum and starts nothing", $"corosync-quorumtool -s");
        else if (good)
            yield return new Finding(
                Name,
                Severity.Ok,
                $"{string.Join(", ", snapshot.Nodes.Select(n => n.Name))} are online, with quorum",
                null
            );
    }
}

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
            "ignore" => new Finding(
                Name,
                Severity.Error,
                "no-quorum-policy=ignore lets each half of a broken cluster fence the other and start its guests",
                $"crm configure property no-quorum-policy=freeze"
            ),
            "freeze" => new Finding(Name, Severity.Ok, "no-quorum-policy=freeze", null),
            _ when dlm => new Finding(
                Name,
                Severity.Warning,
                $"no-quorum-policy={policy}: without quorum the cluster cannot unmount a volume under DLM and would fence the node",
                $"crm configure property no-quorum-policy=freeze"
            ),
            _ => new Finding(Name, Severity.Ok, $"no-quorum-policy={policy}", null),
        };
    }
}

/// <summary>Guide 18.2: a fencing device such as SBD.</summary>
internal static class Fencing
{
    private const string Name = "fencing";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Snapshot snapshot = scope.Snapshot;
        var fencing = FencingSetup.Of(snapshot.Cib);
        if (!fencing.IsThere)
        {
            yield return !fencing.IsEnabled
                ? new Finding(
                    Name,
                    Severity.Error,
                    "fencing is switched off: after a node's failure nobody can prove that its guests are dead",
                    $"crm configure property {FencingSetup.Enabled(snapshot.Cib)}=true"
                )
                : new Finding(
                    Name,
                    Severity.Error,
                    "no fencing device is configured: after a node's failure nobody can prove that its guests are dead",
                    $"crm cluster init sbd (or crm configure primitive NAME stonith:…)"
                );
            yield break;
        }

        Primitive[] devices = [.. fencing.Devices];
        Finding[] problems = [.. NotRunning(snapshot, devices), .. Sbd(snapshot, devices)];
        foreach (Finding problem in problems)
            yield return problem;
        if (problems.Length == 0)
        {
            string what = devices.Length > 0 ? string.Join(", ", devices.Select(d => $"{d.Id} ({d.Agent})")) : "SBD with a watchdog alone";
            yield return new Finding(Name, Severity.Ok, $"fencing is enabled, by {what}", null);
        }
    }

    private static IEnumerable<Finding> NotRunning(Snapshot snapshot, Primitive[] devices) =>
        devices
            .Where(device => !snapshot.Status.Where(device.Id).Any())
            .Select(device =>
                snapshot.Status.Resources.Any(instance => instance.Id == device.Id && instance.Pending)
                    ? new Finding(
                        Name,
                        Severity.Warning,
                        $"the fencing device {device.Id} does not run yet, and something is under way with it",
                        $"crm_resource --wait, then run this again"
                    )
                    : new Finding(
                        Name,
                        Severity.Error,
                        $"the fencing device {device.Id} runs nowhere",
                        $"crm resource status {device.Id}; crm resource cleanup {device.Id}"
                    )
            );

    // A node whose SBD daemon or watchdog is missing does not kill itself when it has to.
    private static IEnumerable<Finding> Sbd(Snapshot snapshot, Primitive[] devices)
    {
        foreach (
            Finding unknown in snapshot.Reached.Select(node => Finding.Unless(Name, "whether SBD runs", node, node.Sbd)).OfType<Finding>()
        )
            yield return unknown;
        bool wanted =
            devices.Any(d => d.Agent.Type is "external/sbd" or "fence_sbd") || snapshot.Reached.Any(n => n.Sbd.State == FactState.Known);
        if (!wanted)
            yield break;
        foreach (NodeFacts node in snapshot.Reached.Where(n => n.Sbd.State != FactState.NotLearned))
        {
            if (node.Sbd is not { Value.Running: true })
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"SBD does not run on {node.Name}: that node cannot be fenced by it",
                    $"systemctl enable sbd on {node.Name}, then restart the cluster there"
                );
            else if (!node.Sbd.Value.Watchdog)
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"{node.Name} has no watchdog device for SBD",
                    $"load the hardware's watchdog driver on {node.Name}, or softdog: echo softdog > /etc/modules-load.d/watchdog.conf; "
                        + $"modprobe softdog"
                );
        }

        string[] sets =
        [
            .. snapshot
                .Reached.Select(n => n.Sbd.Value)
                .OfType<SbdFact>()
                .Select(sbd => string.Join(' ', sbd.Devices.Keys.Order(StringComparer.Ordinal)))
                .Distinct(),
        ];
        if (sets.Length > 1)
            yield return new Finding(
                Name,
                Severity.Error,
                $"the nodes name different SBD devices ({string.Join(" / ", sets)})",
                $"make SBD_DEVICE equal on all nodes (/etc/sysconfig/sbd)"
            );
    }
}

/// <summary>Guide 18.2: passwordless root SSH between the nodes, each way.</summary>
internal static class RootLogins
{
    private const string Name = "root logins";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        bool good = true;
        foreach (NodeFacts node in scope.Snapshot.Reached)
        {
            if (Finding.Unless(Name, "whether the other nodes are reached", node, node.Peers) is { } unknown)
            {
                good = false;
                yield return unknown;
            }

            foreach (Finding finding in node.Peers.Value?.Select(peer => Look(node.Name, peer.Key, peer.Value)).OfType<Finding>() ?? [])
            {
                good = false;
                yield return finding;
            }
        }

        if (good)
            yield return new Finding(Name, Severity.Ok, "root logs in between all nodes, each way, without a password", null);
    }

    private static Finding? Look(string node, string peer, Fact<PeerFact> fact) =>
        fact.Match(
            seen =>
                seen.Reached
                    ? null
                    : new Finding(
                        Name,
                        Severity.Error,
                        $"{node} does not reach haagent on {peer} by ssh: {seen.Words}",
                        seen.LogsIn
                            ? Advice.Of($"see what 'ssh {peer} haagent --version' says on {node}, and install the same release on both")
                            : $"ssh-copy-id root@{peer}, on {node}"
                    ),
            () => null,
            why => new Finding(
                Name,
                Severity.Warning,
                $"whether {node} reaches haagent on {peer} by ssh could not be learned: {why}",
                $"see what keeps it (ssh {peer} haagent --version, on {node}), then run this again"
            )
            {
                IsNotLearned = true,
            }
        );
}
