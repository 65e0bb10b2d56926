using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.4, step 5: libvirt and virtlockd run on every node, and at boot.</summary>
internal static class VirtualizationDaemons
{
    private const string Name = "libvirt";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        foreach (NodeFacts node in scope.Snapshot.Reached)
        {
            Finding[] problems = [.. Problems(scope, node)];
            foreach (Finding problem in problems)
                yield return problem;
            if (problems.Length == 0)
                yield return new Finding(Name, Severity.Ok, $"{LibvirtFlavour.Of(node).Value!.Daemon} and virtlockd run on {node.Name}", null);
        }
    }

    private static IEnumerable<Finding> Problems(CheckScope scope, NodeFacts node)
    {
        Finding? unknown = Finding.Unless(Name, LibvirtFlavour.What, node, LibvirtFlavour.Of(node)) ?? Finding.Unless(Name, "whether systemd runs the node", node, node.Systemd);
        if (unknown is not null)
        {
            yield return unknown;
            yield break;
        }

        if (LibvirtFlavour.Of(node) is not { Value: { } flavour })
        {
            yield return new Finding(Name, Severity.Error, $"libvirt is not installed on {node.Name}", Mending.Setup(scope));
            yield break;
        }

        if (node.Has("virtlockd") is not { Value: true })
            yield return new Finding(Name, Severity.Error, $"virtlockd is not installed on {node.Name}", Mending.Setup(scope));
        if (Enabled(node, LibvirtFlavour.Monolithic) && Enabled(node, LibvirtFlavour.Modular))
        {
            yield return new Finding(Name, Severity.Error, $"both libvirtd and virtqemud are enabled on {node.Name}, and only one of them can run",
                $"systemctl disable --now libvirtd.service libvirtd.socket on {node.Name} (or the virtqemud units)");
        }

        if (node.Systemd is { Value: true })
        {
            string[] missing = [.. flavour.Boot.Where(unit => node.Unit(unit) is { Value: { Exists: true, Enabled: false } })];
            if (missing.Length > 0)
                yield return new Finding(Name, Severity.Error, $"{string.Join(", ", missing)} does not start at boot on {node.Name}", $"{Mending.Setup(scope)} (or systemctl enable --now {string.Join(' ', missing)})");
        }
        else
        {
            string[] missing = [.. new[] { "virtlockd", flavour.Daemon }.Where(name => node.Daemon(name).State == FactState.Absent)];
            if (missing.Length > 0)
                yield return new Finding(Name, Severity.Error, $"{string.Join(" and ", missing)} does not run on {node.Name}, which has no systemd to start it", $"{string.Join("; ", missing.Select(m => m + " -d"))} on {node.Name}");
        }

        if (node.Domains.IsNotLearned(out string? why))
            yield return new Finding(Name, Severity.Error, $"libvirt does not answer on {node.Name}: {why}", $"virsh -c qemu:///system list, on {node.Name}");
    }

    private static bool Enabled(NodeFacts node, LibvirtFlavour flavour) =>
        node.Unit(flavour.Daemon + ".service") is { Value.Enabled: true } || node.Unit(flavour.Daemon + ".socket") is { Value.Enabled: true };
}
