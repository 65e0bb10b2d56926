using System.Runtime.InteropServices;

namespace HaAgent.Libvirt.Native;

internal static partial class Interop
{
    /// <summary>libvirt-network: https://libvirt.org/html/libvirt-libvirt-network.html.</summary>
    internal static partial class Network
    {
        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial NetworkHandle virNetworkLookupByName(ConnectHandle conn, string name);

        [LibraryImport(Library.Libvirt)]
        public static partial int virNetworkFree(nint network);

        [LibraryImport(Library.Libvirt)]
        public static partial int virNetworkIsActive(NetworkHandle net);

        [LibraryImport(Library.Libvirt)]
        public static partial int virNetworkCreate(NetworkHandle network);
    }
}
