using System.Diagnostics;
using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Log;

namespace HaAgent.World;

/// <summary>What the parts of the world share during one action.</summary>
internal sealed class AgentContext(Invocation invocation, Settings settings, StateDirectory state, OcfLog log) : IDisposable
{
    private readonly long _began = Stopwatch.GetTimestamp();

    public Invocation Invocation => invocation;

    public Settings Settings => settings;

    public StateDirectory State => state;

    public OcfLog Log => log;

    public HypervisorSession Hypervisor { get; } = new(settings.Hypervisor, "libvirt");

    public GuestIdentityResolver Resolver { get; } = new(invocation, settings, state);

    /// <summary>For calls that touch the shared volume.</summary>
    public Bounded Storage { get; } = new();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>Which domain it is about, once known.</summary>
    public GuestIdentity? Identity { get; set; }

    /// <summary>For sentences.</summary>
    public string Domain => Identity?.Name ?? invocation.Resource;

    /// <summary>
    /// A process of this node can prove anything: the domain is QEMU's, and the hypervisor is this machine's. Where the driver is not known
    /// for certain, no process is no proof.
    /// </summary>
    public bool IsLocalQemu
    {
        get
        {
            string uri = Hypervisor.Uri.Length > 0 ? Hypervisor.Uri : Resolver.Record?.HypervisorUri ?? "";
            bool localUri = uri.Length == 0 || uri.StartsWith("qemu:///", StringComparison.Ordinal) || uri.StartsWith("qemu+unix:///", StringComparison.Ordinal);
            string type = Resolver.Configuration?.Type ?? Resolver.Record?.DomainType ?? "";
            return localUri && (type is "qemu" or "kvm" || (type.Length == 0 && uri.Length > 0));
        }
    }

    /// <summary>How this node locks disks; read once.</summary>
    public Core.Locking.LockSetup Locking => field ??= LockspaceProbe.ReadSetup();

    /// <summary>The running domain's disks with every volume resolved to its path; the configured ones when libvirt does not answer.</summary>
    public Fact<IReadOnlyList<Disk>> Disks(TimeSpan within)
    {
        List<Disk>? live = Hypervisor.Ask(within, connection =>
        {
            using Libvirt.LibvirtDomain? domain = connection.Find(Identity!);
            if (domain is null || DomainXml.Parse(domain.LiveXml(), out _) is not DomainXml xml)
                return null;
            return xml.Disks.Select(disk => Resolve(connection, disk)).ToList();
        }, out OperationResult failure);
        if (live is not null)
            return new Fact<IReadOnlyList<Disk>>.Known(live);
        Resolver.ReadConfiguration(within);
        return Resolver.Configuration is DomainXml configured
            ? new Fact<IReadOnlyList<Disk>>.Known(configured.Disks)
            : new Fact<IReadOnlyList<Disk>>.NotLearned(failure.Message ?? Resolver.ConfigurationResult.Message!);
    }

    public void Dispose() => Hypervisor.Dispose();

    private static Disk Resolve(Libvirt.LibvirtConnection connection, Disk disk) =>
        disk is { Type: "volume", Pool: string pool, Volume: string volume }
            ? disk with { Type = "file", Source = connection.VolumePath(pool, volume) }
            : disk;
}
