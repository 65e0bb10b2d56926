using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Libvirt.Native;

namespace HaAgent.Libvirt;

/// <summary>A connection to a hypervisor (virConnectPtr). One thread at a time: while one waits for a long call, libvirt 9.0.0 can overlook
/// the call of another.</summary>
public sealed unsafe class LibvirtConnection : IDisposable
{
    private readonly ConnectHandle _handle;

    private LibvirtConnection(ConnectHandle handle) => _handle = handle;

    internal ConnectHandle Handle => _handle;

    /// <summary>The URI as libvirt resolved it (virConnectGetURI).</summary>
    public string Uri => NativeText.Owned(Interop.Connect.virConnectGetURI(_handle));

    /// <summary>Opens a hypervisor (virConnectOpen).</summary>
    /// <param name="uri">Empty: libvirt's default.</param>
    /// <exception cref="LibvirtException">It does not answer.</exception>
    /// <exception cref="DllNotFoundException">libvirt.so.0 is not installed.</exception>
    public static LibvirtConnection Open(string uri)
    {
        // Without a handler of its own libvirt prints every error on stderr, which belongs to ocf-exit-reason.
        Interop.Error.virSetErrorFunc(null, &Ignore);
        ConnectHandle handle = Interop.Connect.virConnectOpen(uri.Length == 0 ? null : uri);
        return handle.IsInvalid ? throw LibvirtException.Last().Unreached() : new LibvirtConnection(handle);
    }

    /// <summary>
    /// Whether the driver behind this connection still answers (virConnectIsAlive, which knows of the nearest socket only, and a lookup,
    /// which goes through to the driver).
    /// </summary>
    public bool Answers()
    {
        if (Interop.Connect.virConnectIsAlive(_handle) != 1)
            return false;
        using DomainHandle none = Interop.Domain.virDomainLookupByUUIDString(_handle, "00000000-0000-0000-0000-000000000000");
        return !none.IsInvalid || LibvirtException.Last().IsNoDomain;
    }

    /// <summary>The domain of this UUID (virDomainLookupByUUIDString).</summary>
    /// <returns>Null: no such domain. Every other failure is an exception.</returns>
    public LibvirtDomain? FindByUuid(string uuid) => Found(Interop.Domain.virDomainLookupByUUIDString(_handle, uuid));

    /// <summary>The domain of this name (virDomainLookupByName).</summary>
    /// <returns>Null: no such domain. Every other failure is an exception.</returns>
    public LibvirtDomain? FindByName(string name) => Found(Interop.Domain.virDomainLookupByName(_handle, name));

    /// <summary>The domain of an identity.</summary>
    /// <returns>Null: no domain has both its name and its UUID. libvirt knows each of them once, and renames no domain that is active
    /// (virDomainRename), so that one which has the UUID alone is another guest.</returns>
    public LibvirtDomain? Find(GuestIdentity identity)
    {
        LibvirtDomain? domain = FindByName(identity.Name);
        if (domain is null || identity.Uuid is null || domain.Uuid == identity.Uuid)
            return domain;
        domain.Dispose();
        return null;
    }

    /// <summary>An active domain that has the name or the UUID of an identity and is another guest.</summary>
    /// <returns>Null: there is none.</returns>
    public GuestIdentity? FindConfused(GuestIdentity identity) =>
        Another(identity, FindByName(identity.Name)) ?? (identity.Uuid is null ? null : Another(identity, FindByUuid(identity.Uuid)));

    private static GuestIdentity? Another(GuestIdentity identity, LibvirtDomain? found)
    {
        using LibvirtDomain? domain = found;
        return domain is not null && identity.IsConfusedWith(new GuestIdentity(domain.Name, domain.Uuid)) && domain.IsActive
            ? new GuestIdentity(domain.Name, domain.Uuid)
            : null;
    }

    /// <summary>Name and UUID of every active domain (virConnectListAllDomains).</summary>
    public List<GuestIdentity> ActiveDomains()
    {
        nint* domains = null;
        int count = Interop.Connect.virConnectListAllDomains(_handle, &domains, CallFlags.VIR_CONNECT_LIST_DOMAINS_ACTIVE);
        if (count < 0)
            throw LibvirtException.Last();
        var identities = new List<GuestIdentity>(count);
        for (int i = 0; i < count; i++)
        {
            using var domain = new LibvirtDomain(new DomainHandle(domains[i]));
            identities.Add(new GuestIdentity(domain.Name, domain.Uuid));
        }

        NativeMemory.Free(domains);
        return identities;
    }

    /// <summary>
    /// Comes back when the daemon has taken every request in hand that it got before this one and that has no priority, among them those to
    /// start a domain (virConnectGetCapabilities: like virDomainCreateXML it has none, while lookups have, and overtake;
    /// remote_protocol.x).
    /// </summary>
    public void PassQueue() => NativeText.Owned(Interop.Connect.virConnectGetCapabilities(_handle));

    /// <summary>Every domain, active or only defined (virConnectListAllDomains). Each is the caller's to dispose of.</summary>
    public List<LibvirtDomain> AllDomains()
    {
        nint* domains = null;
        int count = Check(Interop.Connect.virConnectListAllDomains(_handle, &domains, 0));
        var all = new List<LibvirtDomain>(count);
        for (int i = 0; i < count; i++)
            all.Add(new LibvirtDomain(new DomainHandle(domains[i])));
        NativeMemory.Free(domains);
        return all;
    }

    /// <summary>Starts a domain from its XML (virDomainCreateXML). A persistent definition of the same name and UUID stays as it
    /// is.</summary>
    public LibvirtDomain Create(string xml)
    {
        DomainHandle handle = Interop.Domain.virDomainCreateXML(_handle, xml, 0);
        return handle.IsInvalid ? throw LibvirtException.Last() : new LibvirtDomain(handle);
    }

    /// <summary>Starts a domain that is destroyed when this connection ends, however it ends (virDomainCreateXML,
    /// VIR_DOMAIN_START_AUTODESTROY).</summary>
    public LibvirtDomain CreateTied(string xml)
    {
        DomainHandle handle = Interop.Domain.virDomainCreateXML(_handle, xml, CallFlags.VIR_DOMAIN_START_AUTODESTROY);
        return handle.IsInvalid ? throw LibvirtException.Last() : new LibvirtDomain(handle);
    }

    /// <summary>Starts a domain from its saved memory (virDomainRestore).</summary>
    public void Restore(string file) => Check(Interop.Domain.virDomainRestore(_handle, file));

    /// <summary>Whether this hypervisor has a CPU (virConnectCompareHypervisorCPU).</summary>
    /// <exception cref="LibvirtException">libvirt has no opinion.</exception>
    public bool HasCpu(GuestCpu cpu) =>
        Check(Interop.Connect.virConnectCompareHypervisorCPU(_handle, cpu.Emulator, cpu.Architecture, cpu.Machine, cpu.Type, cpu.Xml, 0))
        != (int)CpuCompareResult.VIR_CPU_COMPARE_INCOMPATIBLE;

    /// <summary>Starts a network unless it is active (virNetworkCreate).</summary>
    public void EnsureNetwork(string name)
    {
        using NetworkHandle network = Interop.Network.virNetworkLookupByName(_handle, name);
        if (network.IsInvalid)
            throw LibvirtException.Last();
        if (Check(Interop.Network.virNetworkIsActive(network)) == 0)
            Check(Interop.Network.virNetworkCreate(network));
    }

    /// <summary>Starts a storage pool, or refreshes an active one (virStoragePoolCreate, virStoragePoolRefresh).</summary>
    public void EnsurePool(string name)
    {
        using PoolHandle pool = Interop.Storage.virStoragePoolLookupByName(_handle, name);
        if (pool.IsInvalid)
            throw LibvirtException.Last();
        if (Check(Interop.Storage.virStoragePoolIsActive(pool)) == 0)
            Check(Interop.Storage.virStoragePoolCreate(pool, 0));
        else
            Check(Interop.Storage.virStoragePoolRefresh(pool, 0));
    }

    /// <summary>The path of a volume in a pool (virStorageVolGetPath).</summary>
    public string VolumePath(string poolName, string volumeName)
    {
        using PoolHandle pool = Interop.Storage.virStoragePoolLookupByName(_handle, poolName);
        if (pool.IsInvalid)
            throw LibvirtException.Last();
        using VolumeHandle volume = Interop.Storage.virStorageVolLookupByName(pool, volumeName);
        return volume.IsInvalid ? throw LibvirtException.Last() : NativeText.Owned(Interop.Storage.virStorageVolGetPath(volume));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>libvirt's convention: a negative result is a failure.</summary>
    internal static int Check(int result) => result < 0 ? throw LibvirtException.Last() : result;

    private static LibvirtDomain? Found(DomainHandle handle)
    {
        if (!handle.IsInvalid)
            return new LibvirtDomain(handle);
        LibvirtException error = LibvirtException.Last();
        return error.IsNoDomain ? null : throw error;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(void* userData, Interop.Error.VirError* error) { }
}
