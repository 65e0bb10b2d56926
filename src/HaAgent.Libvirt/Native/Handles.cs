using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
// The system's library, and never one that lies beside the agent.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace HaAgent.Libvirt.Native;

/// <summary>One reference to a libvirt object, given back once.</summary>
internal abstract class LibvirtHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;
}

/// <summary>virConnectPtr.</summary>
internal sealed class ConnectHandle : LibvirtHandle
{
    protected override bool ReleaseHandle() => Interop.Connect.virConnectClose(handle) >= 0;
}

/// <summary>virDomainPtr.</summary>
internal sealed class DomainHandle : LibvirtHandle
{
    public DomainHandle() { }

    public DomainHandle(nint domain) => SetHandle(domain);

    protected override bool ReleaseHandle() => Interop.Domain.virDomainFree(handle) == 0;
}

/// <summary>virNetworkPtr.</summary>
internal sealed class NetworkHandle : LibvirtHandle
{
    protected override bool ReleaseHandle() => Interop.Network.virNetworkFree(handle) == 0;
}

/// <summary>virStoragePoolPtr.</summary>
internal sealed class PoolHandle : LibvirtHandle
{
    protected override bool ReleaseHandle() => Interop.Storage.virStoragePoolFree(handle) == 0;
}

/// <summary>virStorageVolPtr.</summary>
internal sealed class VolumeHandle : LibvirtHandle
{
    protected override bool ReleaseHandle() => Interop.Storage.virStorageVolFree(handle) == 0;
}

/// <summary>The native library. By its exact SONAME, and loaded at the first call only: meta-data works where libvirt is not
/// installed.</summary>
internal static class Library
{
    public const string Libvirt = "libvirt.so.0";
}
