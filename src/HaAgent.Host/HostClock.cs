using System.Globalization;

namespace HaAgent.Host;

/// <summary>Which boot of this node it is, and how long ago it began.</summary>
internal static class HostClock
{
    /// <summary>The kernel's name for this boot (random(4), boot_id); empty when it cannot be read.</summary>
    public static string Boot => Read("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>
    /// The clock by which the kernel dates the start of processes, in whole seconds (proc(5), uptime); 0 when it cannot be read.
    /// </summary>
    public static long SecondsSinceBoot
    {
        get
        {
            ReadOnlySpan<char> uptime = Read("/proc/uptime");
            int dot = uptime.IndexOf('.');
            return dot > 0 && long.TryParse(uptime[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? seconds : 0;
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
