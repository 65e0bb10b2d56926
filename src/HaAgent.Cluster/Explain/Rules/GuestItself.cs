using HaAgent.Core.Guest;

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
                    yield return Cause.Certain($"On {node} it is {active.Describe()}: it does not work, though it is there", $"see why in /var/log/libvirt/qemu/{scope.Guest.DomainName}.log on {node}; then: crm resource restart {scope.Id}");
                    break;
                case Observation.Active { State: DomainState.Paused, Paused: PausedReason.User } active:
                    yield return Cause.Certain($"On {node} it is {active.Describe()}", $"on {node}: virsh resume {scope.Guest.DomainName}");
                    break;
                case Observation.Active { By: not Evidence.Libvirt } active:
                    yield return Cause.Likely($"On {node} it is {active.Describe()}", $"on {node}, look at the libvirt daemon (systemctl status virtqemud libvirtd)");
                    break;
                case Observation.Absent:
                    yield return Cause.Likely($"The cluster believes it runs on {node}, but libvirt there does not have it: it has just ended", $"the next monitor will see it; at once: crm resource refresh {scope.Id}");
                    break;
                case Observation.Unknown unknown:
                    yield return Cause.Possible($"What it does on {node} cannot be seen: {unknown.Why}", $"on {node}, look at the libvirt daemon (systemctl status virtqemud libvirtd)");
                    break;
            }
        }
    }
}
