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
    public static Fact<QemuProcess> Find(GuestIdentity identity, GuestRecord? hint)
    {
        Fact<QemuProcess> known = hint is { Pid: > 0 } ? QemuProcess.OpenKnown(hint.Pid, hint.StartTime) : new Fact<QemuProcess>.Absent();
        if (known is Fact<QemuProcess>.Known)
            return known;
        Fact<QemuProcess> filed = FromPidFile(identity);
        if (filed is Fact<QemuProcess>.Known)
            return filed;
        Fact<QemuProcess> found = Search(identity);
        if (found is not Fact<QemuProcess>.Absent)
            return found;
        return known is Fact<QemuProcess>.NotLearned ? known : filed;
    }

    /// <summary>By libvirt's pid file: cheap, and good enough to wait for a guest that libvirt says is active.</summary>
    public static Fact<QemuProcess> FromPidFile(GuestIdentity identity) => PidInFile(identity) switch
    {
        Fact<int>.Known file => QemuProcess.Open(file.Value, identity),
        Fact<int>.NotLearned unknown => new Fact<QemuProcess>.NotLearned(unknown.Why),
        _ => new Fact<QemuProcess>.Absent(),
    };

    /// <summary>
    /// Whether a process is the QEMU of this guest, by UUID where it is known, else by name; absent: it is not, or it is gone.
    /// </summary>
    public static Fact<bool> Carries(int pid, GuestIdentity identity) => Guest(pid) switch
    {
        Fact<GuestIdentity>.Known seen when (identity.Uuid is null ? seen.Value.Name == identity.Name : seen.Value.Uuid == identity.Uuid) =>
            new Fact<bool>.Known(true),
        Fact<GuestIdentity>.NotLearned unknown => new Fact<bool>.NotLearned(unknown.Why),
        _ => new Fact<bool>.Absent(),
    };

    /// <summary>Every guest that a QEMU process of this node carries.</summary>
    public static Fact<List<GuestIdentity>> Guests()
    {
        var guests = new List<GuestIdentity>();
        try
        {
            foreach (int pid in Pids())
            {
                switch (Guest(pid))
                {
                    case Fact<GuestIdentity>.Known guest:
                        guests.Add(guest.Value);
                        break;
                    case Fact<GuestIdentity>.NotLearned unknown:
                        return new Fact<List<GuestIdentity>>.NotLearned(unknown.Why);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fact<List<GuestIdentity>>.NotLearned($"/proc cannot be read ({e.Message})");
        }

        return new Fact<List<GuestIdentity>>.Known(guests);
    }

    /// <summary>Field 22 of /proc/PID/stat: clock ticks since boot.</summary>
    public static Fact<long> StartTime(int pid) => Read($"/proc/{pid}/stat") switch
    {
        Fact<byte[]>.Known stat => StartTime(Encoding.UTF8.GetString(stat.Value)),
        Fact<byte[]>.NotLearned unknown => new Fact<long>.NotLearned(unknown.Why),
        _ => new Fact<long>.Absent(),
    };

    /// <summary>The program's name, at most 15 characters.</summary>
    public static Fact<string> Name(int pid) => Read($"/proc/{pid}/comm").Select(comm => Encoding.UTF8.GetString(comm).TrimEnd('\n'));

    /// <summary>
    /// Whether a daemon lives that starts guests. It is known by its executable. A child that it has forked and that has not become QEMU,
    /// or whatever it is to be, has the same; but one thread only, which the daemon never has.
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

    /// <summary>
    /// The path of the program that a process runs (proc(5), /proc/PID/exe); absent for a process that is gone, and for the kernel's own.
    /// </summary>
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
        {
            int error = Errno.Number;
            return error == ENOENT || error == ESRCH
                ? new Fact<string>.Absent()
                : new Fact<string>.NotLearned($"/proc/{pid}/exe cannot be read ({Errno.Text(error)})");
        }

        // A program that was replaced on disk while it runs, by an update.
        const string replaced = " (deleted)";
        string text = Encoding.UTF8.GetString(path, (int)length);
        return new Fact<string>.Known(text.EndsWith(replaced, StringComparison.Ordinal) ? text[..^replaced.Length] : text);
    }

    private static Fact<QemuProcess> Search(GuestIdentity identity)
    {
        Fact<QemuProcess> result = new Fact<QemuProcess>.Absent();
        try
        {
            foreach (int pid in Pids())
            {
                Fact<QemuProcess> process = QemuProcess.Open(pid, identity);
                if (process is Fact<QemuProcess>.Known)
                    return process;
                if (process is Fact<QemuProcess>.NotLearned)
                    result = process;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fact<QemuProcess>.NotLearned($"/proc cannot be read ({e.Message})");
        }

        return result;
    }

    /// <summary>The guest whose QEMU a process is; absent for every other process, whatever its arguments say.</summary>
    private static Fact<GuestIdentity> Guest(int pid) => Read($"/proc/{pid}/cmdline") switch
    {
        Fact<byte[]>.Known arguments when QemuCommandLine.Parse(arguments.Value) is GuestIdentity guest => Verified(pid, guest),
        Fact<byte[]>.NotLearned unknown => new Fact<GuestIdentity>.NotLearned(unknown.Why),
        _ => new Fact<GuestIdentity>.Absent(),
    };

    /// <summary>
    /// The guest that a process names, if libvirt started it. A stranger's process is nobody's guest: it is neither counted nor signalled.
    /// </summary>
    private static Fact<GuestIdentity> Verified(int pid, GuestIdentity guest)
    {
        Fact<int> file = PidInFile(guest);
        if (file is Fact<int>.Known { Value: int filed } && filed == pid)
            return new Fact<GuestIdentity>.Known(guest);
        Fact<byte[]> status = Read($"/proc/{pid}/status");
        Fact<byte[]> cgroup = Read($"/proc/{pid}/cgroup");
        Fact<byte[]> conf = Read(LockspaceProbe.QemuConf);
        Fact<byte[]> passwd = Read("/etc/passwd");
        if (status is Fact<byte[]>.Absent)
            return new Fact<GuestIdentity>.Absent();

        // Users in /etc/passwd only: a name service may be as far away as the volume.
        IReadOnlySet<uint> owners = QemuProof.Owners(conf is Fact<byte[]>.Known ? TextOf(conf) : null, TextOf(passwd));
        if (QemuProof.IsLibvirts(new QemuClaim(InPidFile: false, TextOf(status), TextOf(cgroup)), owners))
            return new Fact<GuestIdentity>.Known(guest);
        foreach (Fact<byte[]> fact in (Fact<byte[]>[])[status, cgroup, conf, passwd])
        {
            if (fact is Fact<byte[]>.NotLearned unknown)
                return new Fact<GuestIdentity>.NotLearned(unknown.Why);
        }

        return file is Fact<int>.NotLearned why ? new Fact<GuestIdentity>.NotLearned(why.Why) : new Fact<GuestIdentity>.Absent();
    }

    private static string TextOf(Fact<byte[]> content) => content is Fact<byte[]>.Known known ? Encoding.UTF8.GetString(known.Value) : "";

    private static Fact<int> PidInFile(GuestIdentity identity)
    {
        Fact<byte[]> text = Read($"{LibvirtPidDirectory}/{identity.Name}.pid");
        if (text is Fact<byte[]>.NotLearned unknown)
            return new Fact<int>.NotLearned(unknown.Why);
        return text is Fact<byte[]>.Known file
            && int.TryParse(Encoding.UTF8.GetString(file.Value).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? new Fact<int>.Known(pid)
            : new Fact<int>.Absent();
    }

    private static Fact<long> StartTime(string stat)
    {
        // The second field is the program's name in parentheses and may contain anything.
        int end = stat.LastIndexOf(')');
        string[] fields = end < 0 ? [] : stat[(end + 2)..].Split(' ');
        return fields.Length > 19 && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            ? new Fact<long>.Known(ticks)
            : new Fact<long>.NotLearned("its start time cannot be read");
    }

    private static IEnumerable<int> Pids()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                yield return pid;
        }
    }

    /// <summary>The file's bytes; absent: there is no such file, or its process is gone.</summary>
    private static Fact<byte[]> Read(string path)
    {
        try
        {
            return new Fact<byte[]>.Known(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && e.HResult == ESRCH))
        {
            return new Fact<byte[]>.Absent();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fact<byte[]>.NotLearned($"{path} cannot be read ({e.Message})");
        }
    }
}
