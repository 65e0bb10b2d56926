using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Status;
using HaAgent.Core.Guest;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>A guest that the cluster runs and that does not work.</summary>
internal static class GuestItself
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        foreach (string node in scope.RunsOn)
        {
            switch (scope.Guest.Seen.GetValueOrDefault(node))
            {
                case Observation.Active { IsBroken: true } active:
                    yield return Cause.Certain(
                        $"On {node} it is {active.Describe()}: it does not work, though it is there",
                        $"see why in /var/log/libvirt/qemu/{scope.Guest.DomainName}.log on {node}; then: crm resource restart {scope.Id}"
                    );
                    break;
                case Observation.Active { State: DomainState.Paused, Paused: PausedReason.User } active:
                    yield return Cause.Certain($"On {node} it is {active.Describe()}", $"on {node}: virsh resume {scope.Guest.DomainName}");
                    break;
                case Observation.Active { By: not Evidence.Libvirt } active:
                    yield return Cause.Likely(
                        $"On {node} it is {active.Describe()}",
                        $"on {node}, look at the libvirt daemon (systemctl status virtqemud libvirtd)"
                    );
                    break;
                case Observation.Absent:
                    yield return Cause.Likely(
                        $"The cluster believes it runs on {node}, but libvirt there does not have it: it has just ended",
                        $"the next monitor will see it; at once: crm resource refresh {scope.Id}"
                    );
                    break;
                case Observation.Unknown unknown:
                    yield return Cause.Possible(
                        $"What it does on {node} cannot be seen: {unknown.Why}",
                        $"on {node}, look at the libvirt daemon (systemctl status virtqemud libvirtd)"
                    );
                    break;
            }
        }
    }
}

/// <summary>The volume on which its locks and its XML lie stands still, because DLM waits for a fence.</summary>
internal static class VolumeStandsStill
{
    public static IEnumerable<Cause> Look(ExplainScope scope) =>
        LockClone
            .All(scope.Cib, scope.Id)
            .Any(clone =>
                clone.Members.Any(member => scope.Cib.Primitive(member) is { } primitive && primitive.Agent == AgentName.Controld)
            )
            ? scope
                .Watch.Snapshot.Nodes.SelectMany(node => Standstill.Of(node, scope.Watch.Snapshot))
                .Select(s => scope.Runs ? Cause.Likely(Beginning(s.Sentence), s.Next) : Cause.Certain(Beginning(s.Sentence), s.Next))
            : [];

    private static string Beginning(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];
}

/// <summary>The XML that the guest is started from.</summary>
internal static class ConfigurationFile
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        string? path = scope.Guest.Resource.Parameter("config");
        if (path is null)
        {
            yield return Cause.Certain(
                "The resource has no parameter config, so nobody knows what to start",
                $"crm resource param {scope.Id} set config /mnt/shared/{scope.Id}.xml"
            );
            yield break;
        }

        if (scope.Guest.XmlProblem is { } problem)
        {
            Advice next = $"see whether the shared volume is mounted (crm_mon -1r), and whether {path} is on it and whole";
            yield return scope.Runs
                ? Cause.Possible($"{path} {problem}", next)
                : Cause.Certain($"{path} {problem}, so every start fails", next);
        }

        foreach (string node in scope.Guest.UnreadableOn.Where(scope.Status.TakesResources))
            yield return Weigh(
                scope,
                $"{path} cannot be read on {node}, so it cannot be started there",
                $"see whether the shared volume is mounted on {node}, and whether the file is on it"
            );
        foreach ((string node, string why) in scope.Guest.NotLearnedOn.Where(n => scope.Status.TakesResources(n.Key)))
            yield return Cause.Possible(
                $"Whether {path} can be read on {node} could not be learned: {why}",
                $"see whether the shared volume on {node} answers"
            );
        if (scope.Guest.Resource.Agent == AgentName.Theirs)
            yield break;
        foreach (string node in scope.History.Of(scope.Id).Where(o => o.ReturnCode == 5 && o.Status != 0).Select(o => o.Node).Distinct())
            yield return Cause.Likely(
                $"On {node} something that the agent needs is missing",
                $"haagent check; then: crm resource cleanup {scope.Id} {node}"
            );
    }

    private static Cause Weigh(ExplainScope scope, string sentence, Advice next) =>
        scope.Runs ? Cause.Possible(sentence, next) : Cause.Likely(sentence, next);
}

/// <summary>Copies that the cluster does not know of, locks held by others, locks lost.</summary>
internal static class CopiesAndLocks
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        WatchedGuest guest = scope.Guest;
        string[] outside = [.. guest.ActiveOn.Except(scope.RunsOn)];
        foreach (string node in scope.Moves ? [] : outside)
        {
            string sentence =
                $"{guest.DomainName} is active on {node}, where the cluster does not run it: somebody started it by hand, or the cluster "
                + "has lost sight of it. Its lock keeps it from being started elsewhere";
            yield return Cause.Certain(
                sentence,
                scope.Runs
                    ? Advice.Of(
                        $"find out which copy is the right one, then shut the one on {node} down there (virsh shutdown {guest.DomainName})"
                    )
                    : $"if that copy is the right one, have the cluster look again (crm resource refresh {scope.Id}): it takes it over, "
                        + $"and moves it where it may not stay; otherwise shut it down on {node} (virsh shutdown {guest.DomainName}), "
                        + $"then: crm resource cleanup {scope.Id}"
            );
        }

        if (guest.Lease is LeaseHolders.Held held)
        {
            foreach (string node in held.Nodes.Except(guest.ActiveOn))
            {
                if (scope.Moves)
                    continue;
                string others = string.Join(
                    ", ",
                    (scope.Watch.Snapshot.Node(node).Guests.Value?.Keys ?? []).Where(g => scope.Cib.Primitive(g) is null)
                );
                var suspects = new Prose(others.Length > 0 ? $"not the cluster's, and running there: {others}" : "virsh list, lsof");
                yield return Cause.Certain(
                    $"virtlockd on {node} holds the lock of a disk of {scope.Id}, though the guest is not seen there: most likely another "
                        + "guest uses the disk, and every start of this one is refused",
                    $"look on {node} for it ({suspects}), end it, then: crm resource cleanup {scope.Id}"
                );
            }
        }

        if (guest.Lease is LeaseHolders.Free free && scope.Runs && !scope.Moves && guest.ActiveOn.Any())
        {
            bool paused = guest.Seen.Values.Any(o => o is Observation.Active { State: DomainState.Paused });
            yield return Cause.Likely(
                $"Nobody holds the lock of its disk {free.Disk}: "
                    + $"{(paused ? "a paused guest holds none" : "virtlockd was killed or restarted under it")}, so a second copy could "
                    + "be started",
                paused
                    ? Advice.Of($"resume it or stop it (crm resource restart {scope.Id})")
                    : $"restart the libvirt daemon there, then the guest at a good moment (crm resource restart {scope.Id})"
            );
        }

        foreach ((string node, Observation seen) in guest.Seen)
        {
            if (seen is Observation.Foreign foreign)
                yield return Cause.Likely(
                    $"On {node} another domain bears the name {guest.DomainName} (UUID {foreign.Other.Uuid}), so this one cannot be "
                        + "started there",
                    $"rename or remove that one on {node} (virsh domrename, virsh undefine)"
                );
        }
    }
}
