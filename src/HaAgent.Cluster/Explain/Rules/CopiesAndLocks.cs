using HaAgent.Cluster.Status;
using HaAgent.Core.Guest;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>Copies that the cluster does not know of, locks held by others, locks lost.</summary>
internal static class CopiesAndLocks
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        WatchedGuest guest = scope.Guest;
        string[] outside = [.. guest.ActiveOn.Except(scope.RunsOn)];
        foreach (string node in scope.Moves ? [] : outside)
        {
            string sentence = $"{guest.DomainName} is active on {node}, where the cluster does not run it: somebody started it by hand, or the cluster has lost sight of it. Its lock keeps it from being started elsewhere";
            yield return Cause.Certain(sentence, scope.Runs
                ? $"find out which copy is the right one, then shut the one on {node} down there (virsh shutdown {guest.DomainName})"
                : $"if that copy is the right one, have the cluster look again (crm resource refresh {scope.Id}): it takes it over, and moves it where it may not stay; otherwise shut it down on {node} (virsh shutdown {guest.DomainName}), then: crm resource cleanup {scope.Id}");
        }

        if (guest.Lease is LeaseSight.Held held)
        {
            foreach (string node in held.Nodes.Except(guest.ActiveOn))
            {
                if (scope.Moves)
                    continue;
                string others = string.Join(", ", (scope.Watch.Snapshot.Node(node).Guests.Value?.Keys ?? []).Where(g => scope.Cib.Primitive(g) is null));
                yield return Cause.Certain($"virtlockd on {node} holds the lock of a disk of {scope.Id}, though the guest is not seen there: most likely another guest uses the disk, and every start of this one is refused",
                    $"look on {node} for it ({(others.Length > 0 ? $"not the cluster's, and running there: {others}" : "virsh list, lsof")}), end it, then: crm resource cleanup {scope.Id}");
            }
        }

        if (guest.Lease is LeaseSight.Free free && scope.Runs && !scope.Moves && guest.ActiveOn.Any())
        {
            bool paused = guest.Seen.Values.Any(o => o is Observation.Active { State: DomainState.Paused });
            yield return Cause.Likely($"Nobody holds the lock of its disk {free.Disk}: {(paused ? "a paused guest holds none" : "virtlockd was killed or restarted under it")}, so a second copy could be started", paused
                ? $"resume it or stop it (crm resource restart {scope.Id})"
                : $"restart the libvirt daemon there, then the guest at a good moment (crm resource restart {scope.Id})");
        }

        foreach ((string node, Observation seen) in guest.Seen)
        {
            if (seen is Observation.Foreign foreign)
                yield return Cause.Likely($"On {node} another domain bears the name {guest.DomainName} (UUID {foreign.Uuid}), so this one cannot be started there", $"rename or remove that one on {node} (virsh domrename, virsh undefine)");
        }
    }
}
