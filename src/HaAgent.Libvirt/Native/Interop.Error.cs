using System.Runtime.InteropServices;

namespace HaAgent.Libvirt.Native;

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
