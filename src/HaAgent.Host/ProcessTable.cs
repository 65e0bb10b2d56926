using System.Globalization;
using System.Text;
using HaAgent.Core.Guest;

namespace HaAgent.Host;

/// <summary>What /proc says: the evidence that holds when libvirt does not answer.</summary>
internal static class ProcessTable
{
    private const string LibvirtPidDirectory = "/run/libvirt/qemu";

    /// <summary>The QEMU process that carries a guest.</summary>
    /// <param name="identity">Whose.</param>
    /// <param name="hint">What was remembered; null: nothing.</param>
    /// <returns>Null: no process of this node does.</returns>
    public static QemuProcess? Find(GuestIdentity identity, GuestRecord? hint)
    {
        if (hint is { Pid: > 0 } && QemuProcess.OpenKnown(hint.Pid, hint.StartTime) is QemuProcess known)
            return known;
        return FromPidFile(identity) ?? Search(identity);
    }

    /// <summary>By libvirt's pid file: cheap, and good enough to wait for a guest that libvirt says is active.</summary>
    public static QemuProcess? FromPidFile(GuestIdentity identity)
    {
        try
        {
            string text = File.ReadAllText($"{LibvirtPidDirectory}/{identity.Name}.pid");
            return int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? QemuProcess.Open(pid, identity) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a process is the QEMU of this guest: by UUID where it is known, else by name.</summary>
    public static bool Carries(int pid, GuestIdentity identity) =>
        Guest(pid) is GuestIdentity seen && (identity.Uuid is null ? seen.Name == identity.Name : seen.Uuid == identity.Uuid);

    /// <summary>Every guest that a QEMU process of this node carries.</summary>
    public static List<GuestIdentity> Guests()
    {
        var guests = new List<GuestIdentity>();
        foreach (int pid in Pids())
        {
            if (Guest(pid) is GuestIdentity guest)
                guests.Add(guest);
        }

        return guests;
    }

    /// <summary>Field 22 of /proc/PID/stat: clock ticks since boot; 0 when there is no such process.</summary>
    public static long StartTime(int pid)
    {
        string stat = Encoding.UTF8.GetString(Read($"/proc/{pid}/stat"));

        // The second field is the program's name in parentheses and may contain anything.
        int end = stat.LastIndexOf(')');
        string[] fields = end < 0 ? [] : stat[(end + 2)..].Split(' ');
        return fields.Length > 19 && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) ? ticks : 0;
    }

    /// <summary>The program's name, at most 15 characters.</summary>
    public static string Name(int pid) => Encoding.UTF8.GetString(Read($"/proc/{pid}/comm")).TrimEnd('\n');

    private static QemuProcess? Search(GuestIdentity identity)
    {
        foreach (int pid in Pids())
        {
            if (Carries(pid, identity) && QemuProcess.Open(pid, identity) is QemuProcess process)
                return process;
        }

        return null;
    }

    private static GuestIdentity? Guest(int pid) => QemuCommandLine.Parse(Read($"/proc/{pid}/cmdline"));

    private static IEnumerable<int> Pids()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                yield return pid;
        }
    }

    /// <summary>The file's bytes; empty when the process is gone.</summary>
    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
