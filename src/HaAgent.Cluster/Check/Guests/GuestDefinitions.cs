using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>Guide 18.5, step 1: libvirt does not start cluster guests by itself. And a name, like a UUID, means one guest on
/// every node.</summary>
internal static class GuestDefinitions
{
    private const string Name = "guest definitions";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        foreach (GuestFacts guest in scope.Guests.Where(g => g.Xml is not null))
        {
            GuestIdentity identity = guest.Xml!.Identity;
            bool good = true;
            foreach (NodeFacts node in scope.Snapshot.Reached)
            {
                if (Finding.Unless(Name, $"{guest.Name}: whether libvirt starts it", node, node.Domain(identity.Name)) is { } unknown)
                {
                    good = false;
                    yield return unknown;
                }

                if (node.Domain(identity.Name) is { Value.Autostart: true })
                {
                    good = false;
                    yield return new Finding(
                        Name,
                        Severity.Error,
                        $"{guest.Name}: libvirt on {node.Name} starts it at boot, beside the cluster",
                        $"virsh autostart --disable {identity.Name}, on {node.Name}"
                    );
                }
            }

            foreach (Finding finding in OtherGuests(scope.Snapshot, guest).Concat(Copies(scope, guest)))
            {
                good = false;
                yield return finding;
            }

            if (good)
                yield return new Finding(
                    Name,
                    Severity.Ok,
                    $"{guest.Name}: no node starts it by itself, and none has another guest of that name",
                    null
                );
        }
    }

    /// <summary>The other guests of the cluster that have the same UUID: libvirt runs only one of them on a node.</summary>
    private static IEnumerable<Finding> Copies(CheckScope scope, GuestFacts guest) =>
        scope
            .Guests.Where(other =>
                guest.Xml!.Identity.Uuid is string uuid
                && other.Xml?.Identity is { } identity
                && identity.Uuid == uuid
                && identity.Name != guest.Xml.Identity.Name
            )
            .Select(other => new Finding(
                Name,
                Severity.Error,
                $"{guest.Name}: {other.Name} has the same UUID {guest.Xml!.Identity.Uuid}, so that no node can run both",
                $"write a <uuid> of its own (uuidgen) into the XML of the one that was copied, while that is stopped"
            ));

    /// <summary>The nodes that have another guest of the same name.</summary>
    internal static IEnumerable<Finding> OtherGuests(Snapshot snapshot, GuestFacts guest)
    {
        GuestIdentity identity = guest.Xml!.Identity;
        foreach (NodeFacts node in snapshot.Reached)
        {
            if (identity.Uuid is not null && node.Domain(identity.Name) is { Value.Uuid: { } uuid } && uuid != identity.Uuid)
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"{guest.Name}: {node.Name} has another guest of that name (UUID {uuid} instead of {identity.Uuid})",
                    $"rename or undefine it on {node.Name} (virsh domrename, virsh undefine)"
                );
        }
    }
}

/// <summary>The XML of each of the cluster's guests is readable, and the same, on every node.</summary>
internal static class GuestConfiguration
{
    private const string Name = "guest XML";

    public static IEnumerable<Finding> Look(CheckScope scope) => scope.Guests.SelectMany(guest => Look(scope, guest));

    private static IEnumerable<Finding> Look(CheckScope scope, GuestFacts guest)
    {
        if (guest.Resource is not null && guest.ConfigPath is null)
        {
            yield return new Finding(
                Name,
                Severity.Error,
                $"{guest.Name} has no parameter config",
                $"crm resource param {guest.Name} set config /mnt/shared/{guest.Name}.xml"
            );
            yield break;
        }

        foreach (
            Finding finding in Finding.FaultsOr(
                [.. guest.ConfigPath is { } path ? Files(scope, guest, path) : [], .. Content(guest)],
                Name,
                () =>
                    guest.ConfigPath is null
                        ? $"{guest.Name}: its XML is sound"
                        : $"{guest.Name}: {guest.ConfigPath} is readable and the same on every node"
            )
        )
            yield return finding;
    }

    private static IEnumerable<Finding> Files(CheckScope scope, GuestFacts guest, string path)
    {
        NodeFacts[] nodes = [.. scope.Snapshot.Reached.Where(n => scope.Snapshot.Status.TakesResources(n.Name))];
        foreach (
            Finding unknown in nodes.Select(n => Finding.Unless(Name, $"{guest.Name}: what {path} says", n, n.File(path))).OfType<Finding>()
        )
            yield return unknown;
        NodeFacts[] without = [.. nodes.Where(n => n.File(path).State == FactState.Absent)];
        bool onVolume = scope.Storage is { } storage && path.StartsWith(storage.Mount + "/", StringComparison.Ordinal);
        if (without.Length > 0)
        {
            yield return new Finding(
                Name,
                Severity.Error,
                $"{guest.Name}: {path} is missing on {string.Join(", ", without.Select(n => n.Name))}, so it cannot start there",
                !onVolume ? MovedToVolume(scope, guest)
                    : without.Length < nodes.Length ? Advice.Of($"crm resource cleanup {scope.GroupClone}")
                    : $"(umask 077; virsh dumpxml --inactive --security-info DOMAIN > {path}), on the node where "
                        + $"{guest.Name} runs or is defined"
            );
        }

        if (nodes.Select(n => n.File(path).Value?.Text).OfType<string>().Distinct().Count() > 1)
            yield return new Finding(
                Name,
                Severity.Error,
                $"{guest.Name}: {path} is not the same on every node",
                onVolume ? $"findmnt {scope.Storage!.Mount}, on every node: it must be the same volume" : MovedToVolume(scope, guest)
            );
        if (scope.Storage is not null && !onVolume)
            yield return new Finding(
                Name,
                Severity.Warning,
                $"{guest.Name}: {path} does not lie on the shared volume at {scope.Storage.Mount}, so a change on one node is missing on "
                    + "the others",
                MovedToVolume(scope, guest)
            );
    }

    // The agent does not take another file at run time: the guest is stopped and started.
    private static Advice MovedToVolume(CheckScope scope, GuestFacts guest)
    {
        string target = $"{scope.Storage?.Mount ?? SetupIntent.DefaultMount}/{guest.Name}.xml";

        // Where it is missing it cannot be copied, and a resource whose file is missing ends its guest.
        string[] with = [.. scope.Snapshot.Reached.Where(n => n.File(guest.ConfigPath ?? "").Value is not null).Select(n => n.Name)];
        string? home = scope.Snapshot.Status.Where(guest.Name).Intersect(with).Concat(with).FirstOrDefault();
        Advice move = $"install -m 600 {guest.ConfigPath} {target} && crm resource param {guest.Name} set config {target}";
        return home is null
            ? Advice.Of($"{move}, on the node that has the file (this restarts the guest)")
            : $"{move}, on {home} (this restarts the guest)";
    }

    private static IEnumerable<Finding> Content(GuestFacts guest)
    {
        if (guest.Xml is null && guest.NotLearned is null)
            yield return new Finding(
                Name,
                Severity.Error,
                $"{guest.Name}: {guest.ConfigPath ?? "its XML"} {guest.Problem}",
                guest.Choice ?? $"virsh dumpxml --inactive --security-info DOMAIN, on the node where it is defined"
            );
    }
}

/// <summary>Whether a guest can move: no device ties it to its host, and every node can run its CPU.</summary>
internal static class GuestMigration
{
    internal const string Name = "guest migration";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        return scope
            .Guests.Where(g => g.Xml is not null && g.Migrates)
            .SelectMany(guest =>
                Finding.FaultsOr(
                    [.. Look(scope, guest)],
                    Name,
                    () => $"{guest.Name}: nothing ties it to a node, and every node can run its CPU"
                )
            );
    }

    private static IEnumerable<Finding> Look(CheckScope scope, GuestFacts guest)
    {
        if (guest.Xml!.HostDevices.Count > 0)
            yield return new Finding(
                Name,
                Severity.Error,
                $"{guest.Name}: {string.Join(", ", guest.Xml.HostDevices.Distinct())} belongs to one host, so it cannot move live",
                guest.Resource is null
                    ? Advice.Of($"haagent add --no-migrate {guest.Name}")
                    : $"crm resource meta {guest.Name} set allow-migrate false"
            );
        foreach (NodeFacts node in scope.Snapshot.Reached)
        {
            if (
                GuestCpu.Of(guest.Xml) is not null
                && Finding.Unless(Name, $"{guest.Name}: whether libvirt can run its CPU", node, node.Cpu(guest.Name)) is { } unknown
            )
                yield return unknown;
            if (node.Cpu(guest.Name) is { State: FactState.Known, Value: false })
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"{guest.Name}: {node.Name} cannot run its CPU",
                    $"choose a CPU model that every node has (virsh hypervisor-cpu-baseline)"
                );
            if (
                guest.Bridges.Count > 0
                && Finding.Unless(Name, $"{guest.Name}: whether its bridges are there", node, node.Links) is { } unseen
            )
                yield return unseen;
            string[] missing =
            [
                .. guest.Bridges.Where(bridge =>
                    node.Links.IsKnown(out var links) && !links.Any(link => link.Bridge && link.Name == bridge)
                ),
            ];
            if (missing.Length > 0)
                yield return new Finding(
                    Name,
                    Severity.Error,
                    $"{guest.Name}: {node.Name} has no bridge {string.Join(", ", missing)}",
                    $"make a bridge of that name on {node.Name}"
                );
        }

        if (guest.Xml.CpuMode != "host-passthrough")
            yield break;
        foreach (
            Finding unknown in scope
                .Snapshot.Reached.Select(n => Finding.Unless(Name, $"{guest.Name}: which CPU there is", n, n.CpuModel))
                .OfType<Finding>()
        )
            yield return unknown;
        if (scope.Snapshot.Reached.Select(n => n.CpuModel.Value).OfType<string>().Distinct().Count() > 1)
            yield return new Finding(
                Name,
                Severity.Warning,
                $"{guest.Name}: its CPU is host-passthrough, and the nodes' CPUs differ: it may not survive a move",
                $"use host-model or a named CPU model"
            );
    }
}

/// <summary>A guest that moves by TCP or TLS finds somebody who listens, on every node.</summary>
internal static class GuestTransport
{
    private const string Name = "migration transport";

    public static IEnumerable<Finding> Look(CheckScope scope) =>
        scope
            .Guests.Where(guest => guest is { Resource: not null, Migrates: true })
            .SelectMany(guest =>
                scope
                    .Snapshot.Reached.Select(node => (node.Name, Need: MoveTarget.Transport(guest.Resource!, node)))
                    .Where(seen => seen.Need is not null)
                    .Select(seen => new Finding(
                        Name,
                        seen.Need!.IsNotLearned ? Severity.Warning : Severity.Error,
                        $"{guest.Name}: {seen.Need.Sentence}",
                        seen.Need.Mend ?? Advice.Of($"see to that on {seen.Name}, then run this again")
                    )
                    {
                        IsNotLearned = seen.Need.IsNotLearned,
                    })
            );
}
