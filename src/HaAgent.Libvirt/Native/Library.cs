using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

// The system's library, and never one that lies beside the agent.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace HaAgent.Libvirt.Native;

/// <summary>The native library. By its exact SONAME, and loaded at the first call only: meta-data works where libvirt is not installed.</summary>
internal static class Library
{
    public const string Libvirt = "libvirt.so.0";
}
