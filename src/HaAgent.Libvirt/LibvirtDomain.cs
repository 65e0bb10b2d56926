using System.Runtime.InteropServices;
using HaAgent.Core.Guest;
using HaAgent.Libvirt.Native;

namespace HaAgent.Libvirt;

/// <summary>What libvirt says of a domain in one answer (virDomainGetInfo).</summary>
/// <param name="State">Its state.</param>
/// <param name="MaximumMemoryKiB">The memory it may have, in KiB.</param>
/// <param name="VirtualCpus">How many it has.</param>
public readonly record struct DomainInfo(DomainState State, long MaximumMemoryKiB, int VirtualCpus);

/// <summary>A domain (virDomainPtr).</summary>
public sealed unsafe class LibvirtDomain : IDisposable
{
    private const int UuidBufferLength = 37;

    private readonly DomainHandle _handle;

    internal LibvirtDomain(DomainHandle handle) => _handle = handle;

    internal DomainHandle Handle => _handle;

    /// <summary>Known locally, without a question to the daemon.</summary>
    public string Name => NativeText.Borrowed(Interop.Domain.virDomainGetName(_handle)) ?? throw LibvirtException.Last();

    /// <summary>Known locally, without a question to the daemon; lower case with dashes.</summary>
    public string Uuid
    {
        get
        {
            byte* buffer = stackalloc byte[UuidBufferLength];
            LibvirtConnection.Check(Interop.Domain.virDomainGetUUIDString(_handle, buffer));
            return NativeText.Borrowed(buffer)!;
        }
    }

    /// <summary>It runs, or is paused, or is anything but shut off (virDomainIsActive).</summary>
    public bool IsActive => LibvirtConnection.Check(Interop.Domain.virDomainIsActive(_handle)) == 1;

    /// <summary>It is defined, not only running (virDomainIsPersistent).</summary>
    public bool IsPersistent => LibvirtConnection.Check(Interop.Domain.virDomainIsPersistent(_handle)) == 1;

    /// <summary>libvirt starts it when the node boots (virDomainGetAutostart).</summary>
    public bool IsAutostarted
    {
        get
        {
            int autostart;
            LibvirtConnection.Check(Interop.Domain.virDomainGetAutostart(_handle, &autostart));
            return autostart != 0;
        }
    }

    /// <summary>State, memory and CPUs (virDomainGetInfo).</summary>
    public DomainInfo Info()
    {
        Interop.Domain.VirDomainInfo info;
        LibvirtConnection.Check(Interop.Domain.virDomainGetInfo(_handle, &info));
        return new DomainInfo(KnownState(info.State), (long)info.MaxMem.Value, info.NrVirtCpu);
    }

    /// <summary>State and reason (virDomainGetState).</summary>
    public (DomainState State, int Reason) StateAndReason()
    {
        int state;
        int reason;
        LibvirtConnection.Check(Interop.Domain.virDomainGetState(_handle, &state, &reason, 0));
        return (KnownState(state), reason);
    }

    /// <summary>The running domain's XML (virDomainGetXMLDesc).</summary>
    public string LiveXml() => Xml(0);

    /// <summary>The running domain's XML as a migration would send it, with the CPU spelled out.</summary>
    public string MigratableXml() => Xml(CallFlags.VIR_DOMAIN_XML_MIGRATABLE | CallFlags.VIR_DOMAIN_XML_SECURE);

    /// <summary>The XML for the next start, with passwords: what belongs into the configuration file.</summary>
    public string ConfigurationXml() => Xml(CallFlags.VIR_DOMAIN_XML_INACTIVE | CallFlags.VIR_DOMAIN_XML_SECURE);

    /// <summary>Asks the guest to shut down (virDomainShutdownFlags). Comes back before the guest has ended.</summary>
    public void Shutdown(ShutdownVia via)
    {
        uint flag = via switch
        {
            ShutdownVia.Acpi => CallFlags.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN,
            ShutdownVia.Agent => CallFlags.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT,
            ShutdownVia.Initctl => CallFlags.VIR_DOMAIN_SHUTDOWN_INITCTL,
            ShutdownVia.Signal => CallFlags.VIR_DOMAIN_SHUTDOWN_SIGNAL,
            ShutdownVia.Paravirt => CallFlags.VIR_DOMAIN_SHUTDOWN_PARAVIRT,
        };
        LibvirtConnection.Check(Interop.Domain.virDomainShutdownFlags(_handle, flag));
    }

    /// <summary>Asks the guest to shut down, by the way that libvirt prefers (virDomainShutdownFlags). Comes back before the guest has
    /// ended.</summary>
    public void Shutdown() => LibvirtConnection.Check(Interop.Domain.virDomainShutdownFlags(_handle, 0));

    /// <summary>libvirt no longer starts it when the node boots (virDomainSetAutostart).</summary>
    public void DisableAutostart() => LibvirtConnection.Check(Interop.Domain.virDomainSetAutostart(_handle, 0));

    /// <summary>Ends it at once (virDomainDestroy): SIGTERM, after 10 s SIGKILL, and up to 5 s of waiting.</summary>
    public void Destroy() => LibvirtConnection.Check(Interop.Domain.virDomainDestroy(_handle));

    /// <summary>Saves its memory to a file and ends it (virDomainSave).</summary>
    public void Save(string file) => LibvirtConnection.Check(Interop.Domain.virDomainSave(_handle, file));

    /// <summary>Wakes it up after it suspended itself (virDomainPMWakeup).</summary>
    public void WakeUp() => LibvirtConnection.Check(Interop.Domain.virDomainPMWakeup(_handle, 0));

    /// <summary>Pauses it (virDomainSuspend).</summary>
    public void Suspend() => LibvirtConnection.Check(Interop.Domain.virDomainSuspend(_handle));

    /// <summary>Lets it run again (virDomainResume).</summary>
    public void Resume() => LibvirtConnection.Check(Interop.Domain.virDomainResume(_handle));

    /// <summary>
    /// A round trip to QEMU's monitor (virDomainGetDiskErrors, which asks query-block): a QEMU that stands still does not answer it,
    /// while virDomainGetState says "running" from libvirt's own memory.
    /// </summary>
    /// <returns>How many disks report an error.</returns>
    public int DiskErrors()
    {
        const uint most = 64;
        Interop.Domain.VirDomainDiskError* errors = stackalloc Interop.Domain.VirDomainDiskError[(int)most];
        int count = LibvirtConnection.Check(Interop.Domain.virDomainGetDiskErrors(_handle, errors, most, 0));
        for (int i = 0; i < count; i++)
            NativeMemory.Free(errors[i].Disk);
        return count;
    }

    /// <summary>A round trip to the guest agent (virDomainGetTime).</summary>
    public void PingGuestAgent()
    {
        long seconds;
        uint nanoseconds;
        LibvirtConnection.Check(Interop.Domain.virDomainGetTime(_handle, &seconds, &nanoseconds, 0));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private string Xml(uint flags) => NativeText.Owned(Interop.Domain.virDomainGetXMLDesc(_handle, flags));

    private static DomainState KnownState(int state) =>
        state is >= (int)DomainState.NoState and <= (int)DomainState.PmSuspended ? (DomainState)state : DomainState.Unknown;
}
