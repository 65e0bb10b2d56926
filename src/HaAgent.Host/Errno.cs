using System.Runtime.InteropServices;

namespace HaAgent.Host;

/// <summary>The C library's error numbers in words.</summary>
internal static class Errno
{
    /// <summary>Its text, in the C locale.</summary>
    /// <param name="error">As the call gave it (<see cref="Native.Posix"/>): there is no "last error" that could be another call's.</param>
    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);
}
