using System.Runtime.InteropServices;

namespace HaAgent.Libvirt.Native;

internal static partial class Interop
{
    /// <summary>virTypedParameter of libvirt-common: https://libvirt.org/html/libvirt-libvirt-common.html. The array stays opaque to us.</summary>
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
