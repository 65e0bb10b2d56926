using System.Runtime.InteropServices;

namespace HaAgent.Libvirt.Native;

internal static partial class Interop
{
    /// <summary>The migration part of libvirt-domain: https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrate3.</summary>
    internal static unsafe partial class Migration
    {
        [LibraryImport(Library.Libvirt)]
        public static partial DomainHandle virDomainMigrate3(DomainHandle domain, ConnectHandle dconn, void* @params, uint nparams, uint flags);

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
