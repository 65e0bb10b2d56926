using System.Text.RegularExpressions;

namespace HaAgent.Cluster.Facts;

/// <summary>How long a device's name holds.</summary>
public static partial class DeviceName
{
    /// <summary>
    /// Whether the kernel gives the name out in the order of discovery, as /dev/sdb: another disk may bear it on another node, or after the
    /// next boot. The names under /dev/disk, of LVM and of multipath stay.
    /// </summary>
    public static bool IsUnstable(string path) => InOrderOfDiscovery().IsMatch(path);

    // udev(7) and the kernel's devices.txt; a volume group may be called "sdata", so the whole name counts.
    [GeneratedRegex(@"\A/dev/((sd|vd|xvd|hd)[a-z]+[0-9]*|nvme[0-9]+n[0-9]+(p[0-9]+)?|mmcblk[0-9]+(p[0-9]+)?|dm-[0-9]+)\z")]
    private static partial Regex InOrderOfDiscovery();
}
