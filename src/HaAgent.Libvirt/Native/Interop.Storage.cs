using System.Runtime.InteropServices;

namespace HaAgent.Libvirt.Native;

internal static partial class Interop
{
    /// <summary>libvirt-storage: https://libvirt.org/html/libvirt-libvirt-storage.html.</summary>
    internal static unsafe partial class Storage
    {
        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial PoolHandle virStoragePoolLookupByName(ConnectHandle conn, string name);

        [LibraryImport(Library.Libvirt)]
        public static partial int virStoragePoolFree(nint pool);

        [LibraryImport(Library.Libvirt)]
        public static partial int virStoragePoolIsActive(PoolHandle pool);

        [LibraryImport(Library.Libvirt)]
        public static partial int virStoragePoolCreate(PoolHandle pool, uint flags);

        [LibraryImport(Library.Libvirt)]
        public static partial int virStoragePoolRefresh(PoolHandle pool, uint flags);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial VolumeHandle virStorageVolLookupByName(PoolHandle pool, string name);

        [LibraryImport(Library.Libvirt)]
        public static partial byte* virStorageVolGetPath(VolumeHandle vol);

        [LibraryImport(Library.Libvirt)]
        public static partial int virStorageVolFree(nint vol);
    }
}

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
