using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>Looks at the guest: libvirt first, then the processes, and "cannot tell" where neither proves anything.</summary>
internal sealed class GuestObserver(AgentContext context)
{
    /// <summary>What remains is for the processes.</summary>
    private const double TimeForLibvirt = 0.7;

    /// <summary>Memory and CPUs as of the last look.</summary>
    public DomainInfo LastInfo { get; private set; }

    /// <summary>The UUID as of the last look; null when libvirt did not show the guest.</summary>
    public string? LastUuid { get; private set; }

    /// <summary>Looks.</summary>
    public Observation Observe(Deadline deadline)
    {
        context.Identity ??= context.Resolver.Resolve(deadline);
        if (context.Identity is not GuestIdentity identity)
            return ObserveWithoutIdentity(deadline);
        Observation seen = Observe(identity, deadline);
        if (seen is not (Observation.Absent or Observation.Foreign) || context.Resolver.Reconsider(identity, deadline) is not GuestIdentity other)
            return seen;
        context.Identity = other;
        return Observe(other, deadline);
    }

    private Observation Observe(GuestIdentity identity, Deadline deadline)
    {
        Observation? seen = context.Hypervisor.Ask(deadline.Share(TimeForLibvirt), connection => Look(connection, identity), out OperationResult failure, needsUri: context.Settings.Hypervisor.Length == 0 && !context.IsLocalQemu);
        if (seen is Observation.Active)
            return seen;
        if (!context.IsLocalQemu)
            return seen ?? new Observation.Unknown(failure.Message!);

        // libvirt forgets a guest whose state files are lost, while its QEMU goes on writing: absence needs both.
        return context.Processes.Find(identity, context.Resolver.Record, deadline).Match<Observation>(
            process =>
            {
                using (process)
                    return new Observation.Active(DomainState.Unknown, PausedReason.Unknown, seen is null ? Evidence.ProcessOnly : Evidence.ProcessLostByLibvirt);
            },
            () => seen ?? new Observation.Absent($"no QEMU process of this node carries it ({failure.Message})"),
            why => new Observation.Unknown(failure.Message is null ? why : $"{failure.Message}, and {why}"));
    }

    private Observation Look(LibvirtConnection connection, GuestIdentity identity)
    {
        try
        {
            return LookNow(connection, identity);
        }
        catch (LibvirtException e) when (e.IsNoDomain)
        {
            // It ended, and its definition with it, between two questions.
            return new Observation.Absent("libvirt knows no such domain");
        }
    }

    private Observation LookNow(LibvirtConnection connection, GuestIdentity identity)
    {
        LastUuid = null;
        using LibvirtDomain? domain = connection.Find(identity);
        if (domain is not null)
        {
            DomainInfo info = domain.Info();
            bool inactive = info.State == DomainState.ShutOff || (info.State is DomainState.Crashed or DomainState.NoState or DomainState.Unknown && !domain.IsActive);
            if (inactive)
                return SameName(connection, identity) ?? new Observation.Absent("libvirt has it shut off");
            LastInfo = info;
            LastUuid = domain.Uuid;
            PausedReason reason = info.State == DomainState.Paused ? KnownReason(domain.StateAndReason().Reason) : PausedReason.Unknown;
            return new Observation.Active(info.State, reason, Evidence.Libvirt);
        }

        return SameName(connection, identity) ?? new Observation.Absent("libvirt knows no such domain");
    }

    private static PausedReason KnownReason(int reason) =>
        reason is >= (int)PausedReason.Unknown and <= (int)PausedReason.ApiError ? (PausedReason)reason : PausedReason.Unknown;

    /// <summary>An active domain that has our name and another UUID.</summary>
    private static Observation? SameName(LibvirtConnection connection, GuestIdentity identity)
    {
        if (identity.Uuid is null)
            return null;
        using LibvirtDomain? other = connection.FindByName(identity.Name);
        return other is not null && other.Uuid != identity.Uuid && other.IsActive ? new Observation.Foreign(other.Uuid) : null;
    }

    /// <summary>
    /// Neither the configuration nor memory names the domain. It is proven absent when every guest that is active here is known to belong to
    /// another resource, which is so on a node that has just booted.
    /// </summary>
    private Observation ObserveWithoutIdentity(Deadline deadline)
    {
        string problem = context.Resolver.ConfigurationResult.Message!;
        List<GuestIdentity>? active = context.Hypervisor.Ask(deadline.Share(TimeForLibvirt), connection => connection.ActiveDomains(), out _);
        if (active is null && !IsQemuByDefault)
            return new Observation.Unknown($"{problem}, and libvirt does not answer", WithoutIdentity: true);
        Fact<IReadOnlyList<GuestIdentity>> carried = context.Processes.Guests(deadline);
        if (!carried.IsKnown(out IReadOnlyList<GuestIdentity>? processes))
            return new Observation.Unknown($"{problem}, and {carried.Why}", WithoutIdentity: true);
        List<GuestIdentity> others = context.State.OthersIdentities();
        List<GuestIdentity> candidates = (active ?? []).Concat(processes).Where(guest => !others.Contains(guest)).Distinct().ToList();
        return candidates.Count == 0
            ? new Observation.Absent($"no guest is active here that could be it; {problem}")
            : new Observation.Unknown(
                $"{problem}, nothing is remembered of this resource here, and one of these active domains may be its guest: {string.Join(", ", candidates.Select(c => c.Name))}. "
                + $"Make the file readable, then: crm resource refresh {context.Invocation.Resource}", WithoutIdentity: true);
    }

    private bool IsQemuByDefault => context.Settings.Hypervisor.Length == 0 || context.Settings.Hypervisor.StartsWith("qemu:///", StringComparison.Ordinal);
}
