using System.Diagnostics;
using System.Globalization;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Host.Child;
using HaAgent.Log;

namespace HaAgent.World;

/// <summary>What the parts of the world share during one action.</summary>
internal sealed class AgentContext(
    Invocation invocation,
    Settings settings,
    StateDirectory state,
    OcfLog log,
    Waits waits,
    Watchdog watchdog
) : IDisposable
{
    private readonly long _began = Stopwatch.GetTimestamp();

    public Invocation Invocation => invocation;

    public Settings Settings => settings;

    public StateDirectory State => state;

    public OcfLog Log => log;

    /// <summary>What is being waited for.</summary>
    public Waits Waits => waits;

    public HypervisorSession Hypervisor { get; } = new(settings.Hypervisor, "libvirt", watchdog.Start);

    public GuestIdentityResolver Resolver => field ??= new(invocation, settings, state, Volume);

    /// <summary>What may lie on the shared volume.</summary>
    public Volume Volume => field ??= new(Child);

    /// <summary>The processes of this node.</summary>
    public ProcessSearch Processes => field ??= new(Child);

    /// <summary>When the action ends itself.</summary>
    public Deadline End { get; } = Deadline.In(Situation.LastMoment(invocation.Timeout));

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
            bool localUri =
                uri.Length == 0
                || uri.StartsWith("qemu:///", StringComparison.Ordinal)
                || uri.StartsWith("qemu+unix:///", StringComparison.Ordinal);
            string type = Resolver.Configuration?.Type ?? Resolver.Record?.DomainType ?? "";
            return localUri && (type is "qemu" or "kvm" || (type.Length == 0 && uri.Length > 0));
        }
    }

    /// <summary>How this node locks disks; read once.</summary>
    public Core.Node.Fact<Core.Locking.LockSetup> Locking => field ??= LockspaceProbe.ReadSetup();

    /// <summary>The running domain's disks with every volume resolved to its path; the configured ones when libvirt does not
    /// answer.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="areLive">They are the running domain's.</param>
    public Fact<IReadOnlyList<Disk>> Disks(Deadline deadline, out bool areLive)
    {
        IReadOnlyList<Disk>? live = Hypervisor.Ask(
            deadline.Share(0.5),
            connection =>
            {
                using Libvirt.LibvirtDomain? domain = connection.Find(Identity!);
                return domain is null || DomainXml.Parse(domain.LiveXml(), out _) is not DomainXml xml
                    ? null
                    : Resolve(connection, xml.Disks);
            },
            out OperationResult failure
        );
        areLive = live is not null;
        if (live is not null)
            return Fact.Known(live);
        Resolver.ReadConfiguration(deadline);
        return Resolver.Configuration is DomainXml configured
            ? Fact.Known(configured.Disks)
            : Fact.NotLearned<IReadOnlyList<Disk>>(
                failure.Message ?? Resolver.ConfigurationResult.Message ?? "libvirt does not know the guest"
            );
    }

    public void Dispose() => Hypervisor.Dispose();

    /// <summary>What is not done by this process waits longer than a monitor takes.</summary>
    private ChildCall Child
    {
        get
        {
            watchdog.Start();
            return field ??= new ChildCall(state.VolatileDirectory, invocation.Resource);
        }
    }

    /// <summary>Disks with every volume resolved to its path.</summary>
    public static IReadOnlyList<Disk> Resolve(Libvirt.LibvirtConnection connection, IReadOnlyList<Disk> disks) =>
        [.. disks.Select(disk => Resolve(connection, disk))];

    private static Disk Resolve(Libvirt.LibvirtConnection connection, Disk disk) =>
        disk is { Type: "volume", Pool: string pool, Volume: string volume }
            ? disk with
            {
                Type = "file",
                Source = connection.VolumePath(pool, volume),
            }
            : disk;
}

/// <summary>What the action is doing, for the sentence of the watchdog that ends it.</summary>
internal sealed class Waits
{
    private volatile string _current = "its beginning";

    /// <summary>Notes what is begun.</summary>
    /// <param name="what">What is waited for, as the object of "waiting for".</param>
    public void On(string what) => _current = what;

    /// <summary>The sentence.</summary>
    public string Overrun(Invocation invocation) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{invocation.ActionName} of {invocation.Resource} was not done within its timeout of {invocation.Timeout.TotalSeconds:0.#} "
                + $"s; it ended itself while waiting for {_current}"
        );
}
