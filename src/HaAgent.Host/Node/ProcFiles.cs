using System.Globalization;
using System.Text;

namespace HaAgent.Host.Node;

/// <summary>Processes of the node, as /proc shows them. One that ends while it is looked at is none; one that may not be looked at is an exception.</summary>
internal static class ProcFiles
{
    private const int NoSuchProcess = 3; // ESRCH: reading a file of a process that has ended

    // Ticks of the clock in which /proc counts: 100 a second on every architecture (USER_HZ).
    private const double TicksPerSecond = 100;

    /// <summary>The processes of programs, by the program's name.</summary>
    public static IEnumerable<(int Pid, string Name)> Processes(params IReadOnlyCollection<string> names)
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && Read(pid, "comm") is byte[] comm && Encoding.UTF8.GetString(comm).TrimEnd('\n') is var name && names.Contains(name))
            {
                yield return (pid, name);
            }
        }
    }

    /// <summary>A file of a process; null: the process is gone.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[]? Read(int pid, string file)
    {
        try
        {
            return File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && (e.HResult & 0xffff) == NoSuchProcess))
        {
            return null;
        }
    }

    /// <summary>Where a symbolic link leads; null: it is none, or it is gone.</summary>
    public static string? LinkTarget(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>How long a process had been running when the node was up that long.</summary>
    /// <param name="stat">Its /proc/PID/stat; field 22 is its start in clock ticks since boot.</param>
    /// <param name="uptime">The time since the node booted.</param>
    public static TimeSpan Age(string stat, TimeSpan uptime)
    {
        // The second field is the program's name in parentheses and may contain anything.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return uptime - TimeSpan.FromSeconds(long.Parse(fields[19], CultureInfo.InvariantCulture) / TicksPerSecond);
    }
}
