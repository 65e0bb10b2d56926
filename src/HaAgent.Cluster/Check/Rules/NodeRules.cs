using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Our agent is installed on every node: the cluster starts guests nowhere else.</summary>
internal static class AgentInstalled
{
    private const string Name = "agent";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Finding[] unknown =
        [
            .. scope
                .Snapshot.Reached.Select(node => Finding.Unless(Name, "whether ocf:haagent:VirtualDomain is installed", node, node.Agents))
                .OfType<Finding>(),
        ];
        foreach (Finding finding in unknown)
            yield return finding;
        NodeFacts[] missing =
        [
            .. scope.Snapshot.Reached.Where(node => node.Agents.IsKnown(out var agents) && !agents.Contains("haagent/VirtualDomain")),
        ];
        foreach (NodeFacts node in missing)
            yield return new Finding(
                Name,
                Severity.Error,
                $"ocf:haagent:VirtualDomain is not installed on {node.Name}",
                $"install haagent on {node.Name}"
            );
        if (missing.Length + unknown.Length == 0)
            yield return new Finding(Name, Severity.Ok, "ocf:haagent:VirtualDomain is installed on every node", null);
    }
}

/// <summary>Guide 18.4, step 5: libvirt and virtlockd run on every node, and at boot.</summary>
internal static class VirtualizationDaemons
{
    private const string Name = "libvirt";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        return scope.Snapshot.Reached.SelectMany(node =>
            Finding.FaultsOr(
                [.. Problems(scope, node)],
                Name,
                () => $"{LibvirtFlavour.Of(node).Value!.Daemon} and virtlockd run on {node.Name}"
            )
        );
    }

    private static Finding Of(NodeFacts node, Need need) =>
        new(
            Name,
            need.IsNotLearned ? Severity.Warning : Severity.Error,
            need.Sentence,
            need.Mend ?? Advice.Of($"see to that on {node.Name}, then run this again")
        )
        {
            IsNotLearned = need.IsNotLearned,
        };

    // Neither runs nor listens: there is nobody to ask for a list.
    private static bool IsAway(NodeFacts node, LibvirtFlavour flavour) =>
        node.Systemd is { Value: true }
        && flavour.Starting.Any(unit => node.Unit(unit) is { Value.Exists: true })
        && !flavour.Starting.Any(unit => node.Unit(unit) is { Value.Running: true });

    private static IEnumerable<Finding> Problems(CheckScope scope, NodeFacts node)
    {
        Finding? unknown =
            Finding.Unless(Name, LibvirtFlavour.What, node, LibvirtFlavour.Of(node))
            ?? Finding.Unless(Name, "whether systemd runs the node", node, node.Systemd);
        if (unknown is not null)
        {
            yield return unknown;
            yield break;
        }

        if (LibvirtFlavour.Of(node) is not { Value: { } flavour })
        {
            yield return new Finding(Name, Severity.Error, $"libvirt is not installed on {node.Name}", Remedies.Setup(scope));
            yield break;
        }

        if (node.Has("virtlockd") is not { Value: true })
            yield return new Finding(Name, Severity.Error, $"virtlockd is not installed on {node.Name}", Remedies.Setup(scope));
        else if (node.Systemd is { Value: true } && node.Unit("virtlockd.socket") is { Value.Exists: false })
            yield return new Finding(
                Name,
                Severity.Error,
                $"virtlockd is installed on {node.Name} without its virtlockd.socket, by which libvirt starts and reaches it",
                $"install what brings that unit on {node.Name} (Debian: libvirt-daemon-system, elsewhere the package of virtlockd itself)"
            );
        else if (node.Systemd is { Value: true } && MoveTarget.Virtlockd(node) is { } need)
            yield return Of(node, need);
        if (MoveTarget.Virtlogd(node) is { } logd)
            yield return Of(node, logd);
        if (Finding.Unless(Name, "whether libvirt's plug-in for virtlockd is installed", node, node.LockPlugin) is { } unlearned)
            yield return unlearned;
        else if (node.LockPlugin.State == FactState.Absent)
            yield return new Finding(
                Name,
                Severity.Error,
                $"libvirt's plug-in for virtlockd (lock-driver/lockd.so) is not installed on {node.Name}: with lock_manager = \"lockd\" it "
                    + "starts no guest there",
                Remedies.Setup(scope)
            );
        if (flavour.IsEnabled(node) && flavour.Other.IsEnabled(node))
        {
            // The one in use stays: to start the other would end it under its guests.
            string[] units = [.. flavour.Other.Starting.Where(unit => node.Unit(unit) is { Value.Enabled: true })];
            yield return new Finding(
                Name,
                Severity.Error,
                $"both libvirtd and virtqemud are enabled on {node.Name}, only one of them can run, and {flavour.Daemon} is in use",
                $"systemctl disable --now {units} on {node.Name}"
            );
        }

        if (node.Systemd is { Value: true })
        {
            string[] missing = [.. flavour.Boot.Where(unit => node.Unit(unit) is { Value: { Exists: true, Enabled: false } })];
            if (missing.Length > 0)
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"{string.Join(", ", missing)} does not start at boot on {node.Name}",
                    $"{Remedies.Setup(scope)} (or systemctl enable --now {missing})"
                );
        }
        else
        {
            string[] missing = [.. new[] { "virtlockd", flavour.Daemon }.Where(name => node.Daemon(name).State == FactState.Absent)];
            if (missing.Length > 0)
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"{string.Join(" and ", missing)} does not run on {node.Name}, which has no systemd to start it",
                    $"{Advice.Joined("; ", missing.Select(m => Advice.Of($"{m} -d")))} on {node.Name}"
                );
        }

        if (node.Domains.IsNotLearned(out string? why))
            yield return new Finding(
                Name,
                Severity.Error,
                $"libvirt does not answer on {node.Name}: {why}",
                IsAway(node, flavour)
                    ? Advice.Of(
                        $"systemctl start {flavour.Starting.Where(unit => node.Unit(unit) is { Value.Exists: true })} on {node.Name}"
                    )
                    : $"virsh -c qemu:///system list, on {node.Name}"
            );
    }
}

/// <summary>At shutdown Pacemaker moves the guests before libvirt goes, and libvirt-guests keeps its hands off them.</summary>
internal static class ShutdownOrder
{
    private const string Name = "shutdown order";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        bool good = true;
        foreach (
            NodeFacts node in scope.Snapshot.Reached.Where(n =>
                n.Systemd is not { State: FactState.Known, Value: false } && LibvirtFlavour.Of(n).State != FactState.Absent
            )
        )
        {
            Fact<LibvirtFlavour> flavour = LibvirtFlavour.Of(node);
            Finding? unknown =
                Finding.Unless(Name, "whether systemd runs the node", node, node.Systemd)
                ?? Finding.Unless(Name, LibvirtFlavour.What, node, flavour)
                ?? Finding.Unless(Name, "after what systemd orders Pacemaker", node, node.PacemakerAfter);
            if (unknown is not null)
            {
                good = false;
                yield return unknown;
                continue;
            }

            IReadOnlyList<string> before = node.PacemakerAfter.Value!;
            string daemon = flavour.Value!.Daemon + ".service";
            if (!IsOrdered(before, daemon))
            {
                good = false;
                yield return ShutdownOrdering.Files.FirstOrDefault(file =>
                    node.File(file) is { Value.Text: string text } && IsOrdered([.. ShutdownOrdering.After(text)], daemon)
                )
                    is string unread
                    ? new Finding(
                        Name,
                        Severity.Error,
                        $"systemd on {node.Name} has not read {unread}, so Pacemaker is not ordered after {daemon} and virtlockd",
                        $"systemctl daemon-reload, on {node.Name}"
                    )
                    : new Finding(
                        Name,
                        Severity.Error,
                        $"on {node.Name} Pacemaker is not ordered after {daemon} and virtlockd: a shutdown may take libvirt away before "
                            + "the guests have moved",
                        Remedies.Setup(scope)
                    );
            }

            if (node.Unit("libvirt-guests.service") is { Value.Enabled: true } && !before.Contains("libvirt-guests.service"))
            {
                good = false;
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"libvirt-guests on {node.Name} would shut the cluster's guests down itself",
                    $"{Remedies.Setup(scope)} (it orders Pacemaker first); or systemctl disable libvirt-guests"
                );
            }
        }

        if (!good)
            yield break;
        yield return scope.Snapshot.Reached.Any(n => n.Systemd is { Value: true })
            ? new Finding(Name, Severity.Ok, "Pacemaker stops before libvirt and virtlockd", null)
            : new Finding(
                Name,
                Severity.Warning,
                "the nodes have no systemd, so nobody here knows whether Pacemaker stops before libvirt and virtlockd",
                $"see to that order in the nodes' own start and stop scripts"
            );
    }

    private static bool IsOrdered(IReadOnlyCollection<string> after, string daemon) =>
        after.Contains(daemon) && after.Contains("virtlockd.service");
}

/// <summary>Guide 18.2: a network bridge on each node, which is not the cluster's own network.</summary>
internal static class Bridges
{
    private const string Name = "bridge";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        NodeFacts[] nodes = [.. scope.Snapshot.Reached];
        Finding[] unknown =
        [
            .. nodes.Select(node => Finding.Unless(Name, "which networks there are", node, node.Links)).OfType<Finding>(),
            .. nodes.Select(node => Finding.Unless(Name, "the cluster's own network", node, node.RingAddresses)).OfType<Finding>(),
        ];
        foreach (Finding finding in unknown)
            yield return finding;
        if (nodes.Length == 0 || unknown.Length > 0)
            yield break;
        bool good = true;
        foreach (NodeFacts node in nodes.Where(n => !Names(n).Any()))
        {
            good = false;
            yield return new Finding(
                Name,
                Severity.Error,
                $"{node.Name} has no network bridge for the guests",
                $"make one on {node.Name}, of the same name on every node: nmcli con add type bridge ifname br0 (or YaST, or ip link add "
                    + $"br0 type bridge)"
            );
        }

        string[] common = [.. nodes.Select(Names).Aggregate((all, next) => all.Intersect(next))];
        if (good && common.Length == 0)
        {
            yield return new Finding(
                Name,
                Severity.Error,
                "no bridge has the same name on every node "
                    + $"({string.Join("; ", nodes.Select(n => $"{n.Name}: {string.Join(", ", Names(n))}"))}): a guest finds its network "
                    + "on one node only",
                $"give the bridges the same name on every node"
            );
            yield break;
        }

        string[] apart = [.. common.Where(bridge => !nodes.Any(node => CarriesRing(node, bridge)))];
        if (good && apart.Length == 0)
        {
            yield return new Finding(
                Name,
                Severity.Warning,
                $"{string.Join(", ", common)} carries the cluster's own network: a busy guest can make the nodes lose each other",
                $"give the guests a bridge on another network"
            );
        }
        else if (good)
        {
            yield return new Finding(
                Name,
                Severity.Ok,
                $"{string.Join(", ", apart)} on every node, apart from the cluster's network",
                null
            );
        }
    }

    // libvirt's own NAT network differs from node to node in all but its name.
    private static IEnumerable<string> Names(NodeFacts node) =>
        (node.Links.Value ?? [])
            .Where(link => link.Bridge && !link.Name.StartsWith("virbr", StringComparison.Ordinal))
            .Select(link => link.Name);

    private static bool CarriesRing(NodeFacts node, string bridge) =>
        (node.Links.Value ?? [])
            .Where(link => link.Name == bridge || link.Master == bridge)
            .SelectMany(link => link.Addresses)
            .Intersect(node.RingAddresses.Value ?? [])
            .Any();
}
