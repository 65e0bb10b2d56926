using System.Security.Cryptography;
using System.Text;

namespace HaAgent.Core.Guest;

/// <summary>How virtlockd names a disk's lease file in <c>file_lockspace_dir</c> (lock_driver_lockd.c).</summary>
public static class LeaseName
{
    /// <summary>SHA-256 of the path's text, in lower-case hexadecimal: two names of one disk are two leases.</summary>
    public static string Of(string diskPath) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(diskPath)));
}
