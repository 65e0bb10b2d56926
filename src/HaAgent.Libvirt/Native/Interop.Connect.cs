using System.Runtime.InteropServices;

namespace HaAgent.Libvirt.Native;

internal static partial class Interop
{
    /// <summary>libvirt-host: https://libvirt.org/html/libvirt-libvirt-host.html.</summary>
    internal static unsafe partial class Connect
    {
        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial ConnectHandle virConnectOpen(string? name);

        [LibraryImport(Library.Libvirt)]
        public static partial int virConnectClose(nint conn);

        [LibraryImport(Library.Libvirt)]
        public static partial int virConnectIsAlive(ConnectHandle conn);

        [LibraryImport(Library.Libvirt)]
        public static partial byte* virConnectGetURI(ConnectHandle conn);

        [LibraryImport(Library.Libvirt)]
        public static partial byte* virConnectGetCapabilities(ConnectHandle conn);

        [LibraryImport(Library.Libvirt)]
        public static partial int virConnectListAllDomains(ConnectHandle conn, nint** domains, uint flags);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int virConnectCompareHypervisorCPU(
            ConnectHandle conn,
            string? emulator,
            string? arch,
            string? machine,
            string? virttype,
            string xmlCPU,
            uint flags
        );
    }
}

internal static partial class Interop
{
    /// <summary>libvirt-virterror: https://libvirt.org/html/libvirt-virterror.html.</summary>
    internal static unsafe partial class Error
    {
        /// <summary>The beginning of virError; what comes after message is not read.</summary>
        [StructLayout(LayoutKind.Sequential)]
        public struct VirError
        {
            public int Code;
            public int Domain;
            public byte* Message;
        }

        /// <summary>Per thread: read it in the method that made the call.</summary>
        [LibraryImport(Library.Libvirt)]
        public static partial VirError* virGetLastError();

        [LibraryImport(Library.Libvirt)]
        public static partial void virSetErrorFunc(void* userData, delegate* unmanaged[Cdecl]<void*, VirError*, void> handler);
    }
}
