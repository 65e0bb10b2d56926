using System.Globalization;
using System.Text;
using HaAgent.Core.Guest;
using static Tmds.Linux.LibC;

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

    /// <summary>
    /// Whether a daemon lives that starts guests. It is known by its executable. A child that it has forked and that has not become QEMU, or
    /// whatever it is to be, has the same; but one thread only, which the daemon never has.
    /// </summary>
    public static DaemonLife LibvirtDaemon()
    {
        bool lives = false;
        bool spawns = false;
        try
        {
            foreach (int pid in Pids())
            {
                Fact<string> program = Executable(pid);
                if (program is Fact<string>.NotLearned)
                    return DaemonLife.NotLearned;
                if (program is not Fact<string>.Known { Value: string path } || Path.GetFileName(path) is not ("libvirtd" or "virtqemud"))
                    continue;
                switch (Threads(pid))
                {
                    case 1:
                        spawns = true;
                        break;
                    case > 1:
                        lives = true;
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DaemonLife.NotLearned;
        }

        return !lives ? DaemonLife.Gone : spawns ? DaemonLife.Spawns : DaemonLife.Lives;
    }

    /// <summary>How many threads a process has; 0: it is gone.</summary>
    private static int Threads(int pid)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{pid}/task").Length;
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>The path of the program that a process runs (proc(5), /proc/PID/exe); absent for a process that is gone, and for the kernel's own.</summary>
    public static unsafe Fact<string> Executable(int pid)
    {
        const int longest = 4096;
        byte* path = stackalloc byte[longest];
        long length;
        fixed (byte* link = ConfigFile.PathBytes($"/proc/{pid}/exe"))
        {
            length = (long)readlink(link, path, longest);
        }

        if (length < 0)
            return Errno.Number == ENOENT || Errno.Number == ESRCH ? new Fact<string>.Absent() : new Fact<string>.NotLearned($"/proc/{pid}/exe cannot be read ({Errno.Text()})");

        // A program that was replaced on disk while it runs, by an update.
        const string replaced = " (deleted)";
        string text = Encoding.UTF8.GetString(path, (int)length);
        return new Fact<string>.Known(text.EndsWith(replaced, StringComparison.Ordinal) ? text[..^replaced.Length] : text);
    }

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
