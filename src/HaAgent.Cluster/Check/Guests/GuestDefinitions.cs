using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Guest;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>Guide 18.5, step 1: libvirt does not start cluster guests by itself. And a name means one guest on every node.</summary>
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
                    yield return new Finding(Name, Severity.Error, $"{guest.Name}: libvirt on {node.Name} starts it at boot, beside the cluster", $"virsh autostart --disable {ShellWord.Quote(identity.Name)}, on {node.Name}");
                }
            }

            foreach (Finding finding in OtherGuests(scope.Snapshot, guest))
            {
                good = false;
                yield return finding;
            }

            if (good)
                yield return new Finding(Name, Severity.Ok, $"{guest.Name}: no node starts it by itself, and none has another guest of that name", null);
        }
    }

    /// <summary>The nodes that have another guest of the same name.</summary>
    internal static IEnumerable<Finding> OtherGuests(Snapshot snapshot, GuestFacts guest)
    {
        GuestIdentity identity = guest.Xml!.Identity;
        foreach (NodeFacts node in snapshot.Reached)
        {
            if (identity.Uuid is not null && node.Domain(identity.Name) is { Value.Uuid: { } uuid } && uuid != identity.Uuid)
                yield return new Finding(Name, Severity.Error, $"{guest.Name}: {node.Name} has another guest of that name (UUID {uuid} instead of {identity.Uuid})", $"rename or undefine it on {node.Name} (virsh domrename, virsh undefine)");
        }
    }
}
