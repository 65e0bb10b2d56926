using System.Runtime.InteropServices;

namespace HaAgent.Libvirt.Native;

internal static partial class Interop
{
    /// <summary>libvirt-domain: https://libvirt.org/html/libvirt-libvirt-domain.html.</summary>
    internal static unsafe partial class Domain
    {
        /// <summary>virDomainInfo.</summary>
        [StructLayout(LayoutKind.Sequential)]
        public struct VirDomainInfo
        {
            public byte State;

            /// <summary>KiB.</summary>
            public CULong MaxMem;

            /// <summary>KiB.</summary>
            public CULong Memory;

            public ushort NrVirtCpu;

            /// <summary>Nanoseconds.</summary>
            public ulong CpuTime;
        }

        /// <summary>virDomainDiskError; disk is freed by the caller.</summary>
        [StructLayout(LayoutKind.Sequential)]
        public struct VirDomainDiskError
        {
            public byte* Disk;
            public int Error;
        }

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial DomainHandle virDomainLookupByUUIDString(ConnectHandle conn, string uuidstr);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial DomainHandle virDomainLookupByName(ConnectHandle conn, string name);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainFree(nint domain);

        [LibraryImport(Library.Libvirt)]
        public static partial byte* virDomainGetName(DomainHandle domain);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainGetUUIDString(DomainHandle domain, byte* buf);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainGetInfo(DomainHandle domain, VirDomainInfo* info);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainGetState(DomainHandle domain, int* state, int* reason, uint flags);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainIsActive(DomainHandle dom);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainIsPersistent(DomainHandle dom);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainGetAutostart(DomainHandle domain, int* autostart);

        [LibraryImport(Library.Libvirt)]
        public static partial byte* virDomainGetXMLDesc(DomainHandle domain, uint flags);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial DomainHandle virDomainCreateXML(ConnectHandle conn, string xmlDesc, uint flags);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int virDomainRestore(ConnectHandle conn, string from);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int virDomainSave(DomainHandle domain, string to);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainShutdownFlags(DomainHandle domain, uint flags);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainSetAutostart(DomainHandle domain, int autostart);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainDestroy(DomainHandle domain);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainPMWakeup(DomainHandle dom, uint flags);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainSuspend(DomainHandle domain);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainResume(DomainHandle domain);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainGetDiskErrors(DomainHandle dom, VirDomainDiskError* errors, uint maxerrors, uint flags);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainGetTime(DomainHandle dom, long* seconds, uint* nseconds, uint flags);
    }
}

internal static partial class Interop
{
    /// <summary>The migration part of libvirt-domain: https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrate3.</summary>
    internal static unsafe partial class Migration
    {
        [LibraryImport(Library.Libvirt)]
        public static partial DomainHandle virDomainMigrate3(
            DomainHandle domain,
            ConnectHandle dconn,
            void* @params,
            uint nparams,
            uint flags
        );

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int virDomainMigrateToURI3(DomainHandle domain, string dconnuri, void* @params, uint nparams, uint flags);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainAbortJob(DomainHandle domain);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainGetJobStats(DomainHandle domain, int* type, void** @params, int* nparams, uint flags);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainMigrateSetMaxDowntime(DomainHandle domain, ulong downtime, uint flags);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainMigrateSetMaxSpeed(DomainHandle domain, CULong bandwidth, uint flags);

        [LibraryImport(Library.Libvirt)]
        public static partial int virDomainMigrateStartPostCopy(DomainHandle domain, uint flags);
    }
}

internal static partial class Interop
{
    /// <summary>virTypedParameter of libvirt-common: https://libvirt.org/html/libvirt-libvirt-common.html. The array stays opaque to
    /// us.</summary>
    internal static unsafe partial class TypedParameters
    {
        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int virTypedParamsAddString(void** @params, int* nparams, int* maxparams, string name, string value);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int virTypedParamsAddInt(void** @params, int* nparams, int* maxparams, string name, int value);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int virTypedParamsAddUInt(void** @params, int* nparams, int* maxparams, string name, uint value);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int virTypedParamsAddULLong(void** @params, int* nparams, int* maxparams, string name, ulong value);

        [LibraryImport(Library.Libvirt, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int virTypedParamsGetULLong(void* @params, int nparams, string name, ulong* value);

        [LibraryImport(Library.Libvirt)]
        public static partial void virTypedParamsFree(void* @params, int nparams);
    }
}
