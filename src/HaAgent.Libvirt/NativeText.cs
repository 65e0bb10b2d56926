using System.Runtime.InteropServices;

namespace HaAgent.Libvirt;

/// <summary>UTF-8 text that comes from libvirt.</summary>
internal static unsafe class NativeText
{
    /// <summary>Text that stays libvirt's.</summary>
    public static string? Borrowed(byte* text) => Marshal.PtrToStringUTF8((nint)text);

    /// <summary>Text that is ours to free.</summary>
    /// <exception cref="LibvirtException">There is none: the call that gave it failed.</exception>
    public static string Owned(byte* text)
    {
        if (text == null)
            throw LibvirtException.Last();
        try
        {
            return Marshal.PtrToStringUTF8((nint)text)!;
        }
        finally
        {
            NativeMemory.Free(text);
        }
    }
}
