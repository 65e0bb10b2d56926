using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HaAgent.Host;

/// <summary>Calls of the C library that neither .NET nor Tmds.LibC has.</summary>
internal static partial class SystemCalls
{
    /// <summary>flock(2), LOCK_EX.</summary>
    public const int LockExclusive = 2;

    /// <summary>flock(2), LOCK_NB.</summary>
    public const int LockWithoutWaiting = 4;

    /// <summary>signal(7).</summary>
    public const int SigKill = 9;

    /// <summary>signal(7).</summary>
    public const int SigTerm = 15;

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(SafeFileHandle fd, int operation);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetAttribute(SafeFileHandle fd, string name, [Out] byte[] value, nuint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetAttribute(SafeFileHandle fd, string name, byte[] value, nuint size, int flags);
}
