using System.Runtime.InteropServices;

namespace HaAgent.Host.Native;

/// <summary>The C library's error numbers in words.</summary>
internal static class Errno
{
    /// <summary>Its text, in the C locale.</summary>
    /// <param name="error">As the call gave it (<see cref="Posix"/>): there is no "last error" that could be another call's.</param>
    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>
    /// Whether it says something of the path that was opened. All others (an I/O error, a stale handle, a server that is gone, no
    /// descriptor left) say that this could not be learned, and perhaps can a moment later.
    /// </summary>
    public static bool IsOfThePath(int error) =>
        error == Tmds.Linux.LibC.ENOENT
        || error == Tmds.Linux.LibC.ENOTDIR
        || error == Tmds.Linux.LibC.EISDIR
        || error == Tmds.Linux.LibC.EACCES
        || error == Tmds.Linux.LibC.EPERM
        || error == Tmds.Linux.LibC.ELOOP
        || error == Tmds.Linux.LibC.ENAMETOOLONG
        || error == Tmds.Linux.LibC.ENXIO
        || error == Tmds.Linux.LibC.ENODEV;
}
