using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]

namespace HaAgent.Libvirt.Native;

/// <summary>The native library. By its exact SONAME, and loaded at the first call only: meta-data works where libvirt is not installed.</summary>
internal static class Library
{
    public const string Libvirt = "libvirt.so.0";
}
