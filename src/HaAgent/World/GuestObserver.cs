using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>Looks at the guest: libvirt first, then the processes, and "cannot tell" where neither proves anything.</summary>
internal sealed class GuestObserver(AgentContext context)
{
    /// <summary>What remains is for the processes.</summary>
    private const double TimeForLibvirt = 0.7;

    /// <summary>A first question that may stand still leaves most of the time for what proves without it.</summary>
    private const double TimeForFirst = 0.3;

    /// <summary>Between the moment when libvirt takes a request to start a guest in hand and the one when it lists the guest.</summary>
    private static readonly TimeSpan TimeToShow = TimeSpan.FromSeconds(5);

    /// <summary>The cluster's resources, once they were asked for.</summary>
    private Fact<IReadOnlySet<string>>? _resources;

    /// <summary>When libvirt had come to every request that was sent before this action.</summary>
    private TimeSpan? _queuePassedAt;

    /// <summary>Memory and CPUs as of the last look.</summary>
    public DomainInfo LastInfo { get; private set; }

    /// <summary>Looks.</summary>
    public Observation Observe(Deadline deadline)
    {
        // Where nothing is remembered, there is no proof without the configuration.
        context.Identity ??= context.Resolver.Resolve(deadline.Share(context.Resolver.Record is null ? TimeForLibvirt : TimeForFirst));
        if (context.Identity is not GuestIdentity identity)
            return ObserveWithoutIdentity(deadline);
        Observation seen = Observe(identity, deadline);
        if (
            seen is not (Observation.Absent or Observation.Foreign or Observation.Unknown { IsConfused: true })
            || context.Resolver.Reconsider(identity, seen, deadline.Share(TimeForFirst)) is not GuestIdentity other
        )
            return seen;
        context.Identity = other;
        Observation again = Observe(other, deadline);
        if (seen is not Observation.Unknown || again is Observation.Active)
            return again;
        context.Identity = identity;
        return seen;
    }

    private Observation Observe(GuestIdentity identity, Deadline deadline)
    {
        Observation? seen = context.Hypervisor.Ask(
            deadline.Share(TimeForLibvirt),
            connection => Look(connection, identity),
            out OperationResult failure,
            needsUri: context.Settings.Hypervisor.Length == 0 && !context.IsLocalQemu
        );
        if (seen is Observation.Active)
        {
            context.Resolver.Settle();
            return seen;
        }

        PendingCall? pending = context.Resolver.Record?.Pending;
        Fact<QemuProcess>? found = context.IsLocalQemu
            ? context.Processes.Find(identity, context.Resolver.Record, deadline.Share(TimeForLibvirt))
            : null;
        using QemuProcess? process = found?.Value;
        Observation verdict = new GuestEvidence
        {
            Libvirt = seen,
            Failure = failure,
            Process = found?.Map(qemu => qemu.Pid),
            Confused = () =>
                context
                    .Processes.FindConfused(identity, deadline.Share(TimeForLibvirt))
                    .Map(other => $"{other.Guest}, process {other.Pid}"),
            Daemon = () => GuestProcesses.OfNode().Daemon(),
            Pending = pending,
            IsSettled = pending is not null && seen is not null && HasSettled(pending, deadline),
            Now = pending is null ? 0 : HostClock.SecondsSinceBoot,
        }.Judge();

        if (verdict is Observation.Foreign foreign)
            verdict = Compared(foreign, deadline);

        // One call starts one process: when that has been seen, the call cannot bring up another.
        if (verdict is Observation.Absent or Observation.Foreign || (pending is not null && process?.StartedAfter(pending.At) == true))
            context.Resolver.Settle();
        return verdict;
    }

    /// <summary>Whether a domain that could be taken for our guest writes our guest's disks, and whether its own are locked.</summary>
    private Observation.Foreign Compared(Observation.Foreign foreign, Deadline deadline)
    {
        Fact<IReadOnlyList<Disk>> theirs = DisksOf(foreign.Other, deadline.Share(0.3));
        if (!theirs.IsKnown(out IReadOnlyList<Disk>? others))
            return foreign with { OurDisk = Fact.NotLearned<string>(theirs.Why ?? "libvirt does not show its disks any more") };
        foreign = foreign with { IsLocked = AreLocked(others, deadline.Share(0.3)) };
        context.Resolver.ReadConfiguration(deadline.Share(TimeForFirst));
        if (context.Resolver.Configuration is not DomainXml ours)
            return foreign with
            {
                OurDisk = Fact.NotLearned<string>(context.Resolver.ConfigurationResult.Message ?? "its configuration was not read"),
            };
        IReadOnlyList<Disk>? own = context.Hypervisor.Ask(
            deadline.Share(0.5),
            connection => AgentContext.Resolve(connection, ours.Disks),
            out OperationResult failure
        );
        return foreign with
        {
            OurDisk = own is null
                ? Fact.NotLearned<string>(failure.Message ?? "libvirt does not say where its volumes lie")
                : CommonDisk.Of(own, others, Identify([.. own.Concat(others).Select(disk => disk.Source).OfType<string>()], deadline)),
        };
    }

    /// <summary>The disks of an active domain.</summary>
    private Fact<IReadOnlyList<Disk>> DisksOf(GuestIdentity guest, Deadline deadline)
    {
        IReadOnlyList<Disk>? disks = context.Hypervisor.Ask(
            deadline,
            connection =>
            {
                using LibvirtDomain? domain = connection.Find(guest);
                return domain is not null && DomainXml.Parse(domain.LiveXml(), out _) is DomainXml xml
                    ? AgentContext.Resolve(connection, xml.Disks)
                    : null;
            },
            out OperationResult failure
        );
        return disks is not null ? Fact.Known(disks)
            : failure.Succeeded ? Fact.Absent<IReadOnlyList<Disk>>()
            : Fact.NotLearned<IReadOnlyList<Disk>>(failure.Message!);
    }

    /// <summary>Whether libvirt's locks keep the guest that writes these disks here from being started on another node.</summary>
    private bool AreLocked(IReadOnlyList<Disk> disks, Deadline deadline) =>
        context.Locking.IsKnown(out LockSetup? setup)
        && LeaseCheck.KeepsOff(
            disks,
            setup,
            directory => context.Volume.LookAtLockspace(directory, deadline.Share(0.5)),
            files => context.Volume.Leases(files, deadline)
        );

    private Func<string, Fact<DiskPlace>> Identify(IReadOnlyCollection<string> paths, Deadline deadline)
    {
        IReadOnlyDictionary<string, Fact<DiskPlace>>? known = null;
        return path => (known ??= context.Volume.Identify(paths, deadline))[path];
    }

    /// <summary>
    /// libvirt does not show a guest that it was asked to start by an agent that is gone. The request may still wait in the daemon's queue,
    /// which is worked off although its sender is dead: it is over when a request of the same priority that was sent after it has been
    /// answered, and the guest is not shown some time after that. Until a domain is listed, libvirt only reads its XML; but a saved memory
    /// is opened before, so that the volume on which it lies must have answered, too.
    /// </summary>
    private bool HasSettled(PendingCall pending, Deadline deadline)
    {
        if (_queuePassedAt is TimeSpan passed)
            return context.Elapsed - passed >= TimeToShow;
        bool answers =
            context.Hypervisor.Do(deadline.Share(TimeForLibvirt), connection => connection.PassQueue()).Succeeded
            && (
                pending.Kind != PendingKind.Restore
                || context.Volume.Look(SavedMemory.Moved(context), deadline.Share(TimeForLibvirt)).State != FactState.NotLearned
            );
        if (answers)
            _queuePassedAt = context.Elapsed;
        return false;
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
        using LibvirtDomain? domain = connection.Find(identity);
        if (domain is not null)
        {
            DomainInfo info = domain.Info();
            bool inactive =
                info.State == DomainState.ShutOff
                || (info.State is DomainState.Crashed or DomainState.NoState or DomainState.Unknown && !domain.IsActive);
            if (inactive)
                return Confused(connection, identity) ?? new Observation.Absent("libvirt has it shut off");
            LastInfo = info;
            PausedReason reason = info.State == DomainState.Paused ? KnownReason(domain.StateAndReason().Reason) : PausedReason.Unknown;
            return new Observation.Active(info.State, reason, Evidence.Libvirt);
        }

        return Confused(connection, identity) ?? new Observation.Absent("libvirt knows no such domain");
    }

    private static PausedReason KnownReason(int reason) =>
        reason is >= (int)PausedReason.Unknown and <= (int)PausedReason.ApiError ? (PausedReason)reason : PausedReason.Unknown;

    /// <summary>An active domain that could be taken for ours.</summary>
    private static Observation? Confused(LibvirtConnection connection, GuestIdentity identity) =>
        connection.FindConfused(identity) is GuestIdentity other ? new Observation.Foreign(other, other.Name == identity.Name) : null;

    /// <summary>Neither the configuration nor memory names the domain.</summary>
    private Observation ObserveWithoutIdentity(Deadline deadline)
    {
        List<GuestIdentity>? active = context.Hypervisor.Ask(
            deadline.Share(TimeForLibvirt),
            connection => connection.ActiveDomains(),
            out _
        );
        Fact<IReadOnlyList<GuestProcess>> carried =
            active is null && !IsQemuByDefault
                ? Fact.NotLearned<IReadOnlyList<GuestProcess>>("libvirt does not answer")
                : context.Processes.Guests(deadline.Share(TimeForLibvirt));
        return new NamelessEvidence
        {
            Resource = context.Invocation.Resource,
            Config = context.Settings.Config,
            Problem = context.Resolver.ConfigurationResult,
            Seen = [.. (active ?? []).Concat((carried.Value ?? []).Select(process => process.Guest)).Distinct()],
            Unseen = carried.Why,
            Remembered =
            [
                .. context
                    .State.Others()
                    .Where(other => other.Record.IsActive)
                    .Select(other => new RememberedGuest(other.Resource, other.Record.Identity)),
            ],
            Resources = () => Resources(deadline.Share(0.5)),
            IsLocked = guest =>
                active is not null
                && DisksOf(guest, deadline.Share(0.3)).IsKnown(out IReadOnlyList<Disk>? disks)
                && AreLocked(disks, deadline.Share(0.3)),
        }.Judge();
    }

    /// <summary>The cluster's resources. A cluster that does not say is asked again at the next look.</summary>
    private Fact<IReadOnlySet<string>> Resources(Deadline deadline)
    {
        if (_resources is not { State: FactState.Known })
            _resources = ClusterResources.Names(deadline);
        return _resources;
    }

    /// <summary>Without libvirt's word: the hypervisor is QEMU of this node, so that without processes there are no guests.</summary>
    private bool IsQemuByDefault => DefaultUri() is { } uri && (uri.Length == 0 || uri.StartsWith("qemu:///", StringComparison.Ordinal));

    /// <summary>The URI that libvirt takes where none is given (virConnectGetDefaultURI); empty: it looks for a driver, which on a node
    /// with QEMU is that; null: it could not be found out.</summary>
    private string? DefaultUri()
    {
        if (context.Settings.Hypervisor.Length > 0)
            return context.Settings.Hypervisor;
        if (Environment.GetEnvironmentVariable("LIBVIRT_DEFAULT_URI") is { Length: > 0 } given)
            return given;
        return ConfigFile
            .ReadText("/etc/libvirt/libvirt.conf")
            .Match<string?>(text => LibvirtConf.GetString(text, "uri_default") ?? "", () => "", _ => null);
    }
}
