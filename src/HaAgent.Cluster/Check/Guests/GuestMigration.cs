using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>Whether a guest can move: no device ties it to its host, and every node can run its CPU.</summary>
internal static class GuestMigration
{
    internal const string Name = "guest migration";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        foreach (GuestFacts guest in scope.Guests.Where(g => g.Xml is not null && g.Migrates))
        {
            Finding[] problems = [.. Look(scope, guest)];
            foreach (Finding problem in problems)
                yield return problem;
            if (problems.Length == 0)
                yield return new Finding(Name, Severity.Ok, $"{guest.Name}: nothing ties it to a node, and every node can run its CPU", null);
        }
    }

    private static IEnumerable<Finding> Look(CheckScope scope, GuestFacts guest)
    {
        if (guest.Xml!.HostDevices.Count > 0)
            yield return new Finding(Name, Severity.Error, $"{guest.Name}: {string.Join(", ", guest.Xml.HostDevices.Distinct())} belongs to one host, so it cannot move live", guest.Resource is null ? $"haagent add --no-migrate {guest.Name}" : $"crm resource meta {guest.Name} set allow-migrate false");
        foreach (NodeFacts node in scope.Snapshot.Reached)
        {
            if (GuestCpu.Of(guest.Xml) is not null && Finding.Unless(Name, $"{guest.Name}: whether libvirt can run its CPU", node, node.Cpu(guest.Name)) is { } unknown)
                yield return unknown;
            if (node.Cpu(guest.Name) is { State: FactState.Known, Value: false })
                yield return new Finding(Name, Severity.Error, $"{guest.Name}: {node.Name} cannot run its CPU", "choose a CPU model that every node has (virsh hypervisor-cpu-baseline)");
            if (guest.Bridges.Count > 0 && Finding.Unless(Name, $"{guest.Name}: whether its bridges are there", node, node.Links) is { } unseen)
                yield return unseen;
            string[] missing = [.. guest.Bridges.Where(bridge => node.Links.IsKnown(out var links) && !links.Any(link => link.Bridge && link.Name == bridge))];
            if (missing.Length > 0)
                yield return new Finding(Name, Severity.Error, $"{guest.Name}: {node.Name} has no bridge {string.Join(", ", missing)}", $"make a bridge of that name on {node.Name}");
        }

        if (guest.Xml.CpuMode != "host-passthrough")
            yield break;
        foreach (Finding unknown in scope.Snapshot.Reached.Select(n => Finding.Unless(Name, $"{guest.Name}: which CPU there is", n, n.CpuModel)).OfType<Finding>())
            yield return unknown;
        if (scope.Snapshot.Reached.Select(n => n.CpuModel.Value).OfType<string>().Distinct().Count() > 1)
            yield return new Finding(Name, Severity.Warning, $"{guest.Name}: its CPU is host-passthrough, and the nodes' CPUs differ: it may not survive a move", "use host-model or a named CPU model");
    }
}
