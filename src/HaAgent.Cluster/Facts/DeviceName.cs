using System.Text.RegularExpressions;

namespace HaAgent.Cluster.Facts;

/// <summary>How long a device's name holds.</summary>
public static partial class DeviceName
{
    /// <summary>
    /// Whether the kernel gives the name out in the order of discovery, as /dev/sdb: another disk may bear it on another node, or after the
    /// next boot. The names under /dev/disk, of LVM and of multipath stay.
    /// </summary>
    public static bool IsUnstable(string path) => InOrderOfDiscovery().IsMatch(path) || ChangesWithBoots().IsMatch(path);

    /// <summary>
    /// The name to propose for a device that is to be named the same on every node; null when none will do. A name that tells of what lies
    /// on the device (by-uuid, by-label) goes when it is formatted anew, and one that tells of the wiring (by-path) may be another on each
    /// node, so it comes last.
    /// </summary>
    /// <param name="names">The device's names.</param>
    public static string? Preferred(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Where(name => !IsUnstable(name) && !TellsOfContent().IsMatch(name)).OrderBy(Rank).FirstOrDefault();
    }

    private static int Rank(string name) =>
        Array.FindIndex(Preferences, part => name.Contains(part, StringComparison.Ordinal)) is >= 0 and var rank
            ? rank
            : Preferences.Length;

    private static readonly string[] Preferences = ["/by-id/wwn-", "/by-id/", "/mapper/", "/by-partuuid/", "/by-path/"];

    // The sequence number of the disk, the file behind a loop device: counted anew at each boot.
    [GeneratedRegex(@"\A/dev/disk/(by-diskseq|by-loop-inode|by-loop-ref)/")]
    private static partial Regex ChangesWithBoots();

    [GeneratedRegex(@"\A/dev/disk/(by-uuid|by-label)/")]
    private static partial Regex TellsOfContent();

    // udev(7) and the kernel's devices.txt; a volume group may be called "sdata", so the whole name counts.
    [GeneratedRegex(@"\A/dev/((sd|vd|xvd|hd)[a-z]+[0-9]*|nvme[0-9]+n[0-9]+(p[0-9]+)?|mmcblk[0-9]+(p[0-9]+)?|dm-[0-9]+)\z")]
    private static partial Regex InOrderOfDiscovery();
}
