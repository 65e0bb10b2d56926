using System.Runtime.InteropServices;

namespace HaAgent.Host;

/// <summary>The C library's last error.</summary>
internal static class Errno
{
    /// <summary>Its number.</summary>
    public static int Number => Marshal.GetLastSystemError();

    /// <summary>Its text, in the C locale.</summary>
    public static string Text() => Text(Marshal.GetLastSystemError());

    /// <summary>The text of a number that was kept: whatever is called in between may set another.</summary>
    public static string Text(int number) => Marshal.GetPInvokeErrorMessage(number);
}
