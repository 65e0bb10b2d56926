using System.Globalization;
using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
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
        Fact<QemuProcess> known = hint is { Pid: > 0 } ? QemuProcess.OpenKnown(hint.Pid, hint.StartTime) : Fact.Absent<QemuProcess>();
        if (known is { State: FactState.Known })
            return known;
        Fact<QemuProcess> filed = FromPidFile(identity);
        if (filed is { State: FactState.Known })
            return filed;
        Fact<QemuProcess> found = Search(identity);
        if (found is not { State: FactState.Absent })
            return found;
        return known is { State: FactState.NotLearned } ? known : filed;
    }

    /// <summary>By libvirt's pid file: cheap, and good enough to wait for a guest that libvirt says is active.</summary>
    public static Fact<QemuProcess> FromPidFile(GuestIdentity identity) =>
        PidInFile(identity) switch
        {
            { State: FactState.Known } file => QemuProcess.Open(file.Value, identity),
            { State: FactState.NotLearned } unknown => Fact.NotLearned<QemuProcess>(unknown.Why!),
            _ => Fact.Absent<QemuProcess>(),
        };

    /// <summary>Whether a process is the QEMU of this guest, by UUID where it is known, else by name; absent: it is not, or it is
    /// gone.</summary>
    public static Fact<bool> Carries(int pid, GuestIdentity identity) =>
        Guest(pid) switch
        {
            { State: FactState.Known } seen
                when (identity.Uuid is null ? seen.Value!.Name == identity.Name : seen.Value!.Uuid == identity.Uuid) => Fact.Known<bool>(
                true
            ),
            { State: FactState.NotLearned } unknown => Fact.NotLearned<bool>(unknown.Why!),
            _ => Fact.Absent<bool>(),
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
                    case { State: FactState.Known } guest:
                        guests.Add(guest.Value!);
                        break;
                    case { State: FactState.NotLearned } unknown:
                        return Fact.NotLearned<List<GuestIdentity>>(unknown.Why!);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fact.NotLearned<List<GuestIdentity>>($"/proc cannot be read ({e.Message})");
        }

        return Fact.Known<List<GuestIdentity>>(guests);
    }

    /// <summary>Field 22 of /proc/PID/stat: clock ticks since boot.</summary>
    public static Fact<long> StartTime(int pid) =>
        Read($"/proc/{pid}/stat") switch
        {
            { State: FactState.Known } stat => StartTime(Encoding.UTF8.GetString(stat.Value!)),
            { State: FactState.NotLearned } unknown => Fact.NotLearned<long>(unknown.Why!),
            _ => Fact.Absent<long>(),
        };

    /// <summary>The program's name, at most 15 characters.</summary>
    public static Fact<string> Name(int pid) => Read($"/proc/{pid}/comm").Map(comm => Encoding.UTF8.GetString(comm).TrimEnd('\n'));

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
                if (program is { State: FactState.NotLearned })
                    return DaemonLife.NotLearned;
                if (
                    program is not { State: FactState.Known, Value: string path }
                    || Path.GetFileName(path) is not ("libvirtd" or "virtqemud")
                )
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

        return !lives ? DaemonLife.Gone
            : spawns ? DaemonLife.Spawns
            : DaemonLife.Lives;
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

    /// <summary>The path of the program that a process runs (proc(5), /proc/PID/exe); absent for a process that is gone, and for the
    /// kernel's own.</summary>
    public static Fact<string> Executable(int pid)
    {
        if (Posix.ReadLink($"/proc/{pid}/exe", out int error) is not string text)
            return error == ENOENT || error == ESRCH
                ? Fact.Absent<string>()
                : Fact.NotLearned<string>($"/proc/{pid}/exe cannot be read ({Errno.Text(error)})");

        // A program that was replaced on disk while it runs, by an update.
        const string replaced = " (deleted)";
        return Fact.Known<string>(text.EndsWith(replaced, StringComparison.Ordinal) ? text[..^replaced.Length] : text);
    }

    private static Fact<QemuProcess> Search(GuestIdentity identity)
    {
        Fact<QemuProcess> result = Fact.Absent<QemuProcess>();
        try
        {
            foreach (int pid in Pids())
            {
                Fact<QemuProcess> process = QemuProcess.Open(pid, identity);
                if (process is { State: FactState.Known })
                    return process;
                if (process is { State: FactState.NotLearned })
                    result = process;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fact.NotLearned<QemuProcess>($"/proc cannot be read ({e.Message})");
        }

        return result;
    }

    /// <summary>The guest whose QEMU a process is; absent for every other process, whatever its arguments say.</summary>
    private static Fact<GuestIdentity> Guest(int pid)
    {
        Fact<byte[]> arguments = Read($"/proc/{pid}/cmdline");
        if (arguments is not { State: FactState.Known, Value: byte[] line })
            return arguments is { State: FactState.NotLearned } unknown
                ? Fact.NotLearned<GuestIdentity>(unknown.Why!)
                : Fact.Absent<GuestIdentity>();
        return QemuCommandLine.Parse(line) is GuestIdentity guest ? Verified(pid, guest) : Fact.Absent<GuestIdentity>();
    }

    /// <summary>The guest that a process names, if libvirt started it. A stranger's process is nobody's guest: it is neither counted nor
    /// signalled.</summary>
    private static Fact<GuestIdentity> Verified(int pid, GuestIdentity guest)
    {
        Fact<int> file = PidInFile(guest);
        if (file is { State: FactState.Known, Value: int filed } && filed == pid)
            return Fact.Known<GuestIdentity>(guest);
        Fact<byte[]> status = Read($"/proc/{pid}/status");
        Fact<byte[]> cgroup = Read($"/proc/{pid}/cgroup");
        Fact<byte[]> conf = Read(LockspaceProbe.QemuConf);
        Fact<byte[]> passwd = Read("/etc/passwd");
        if (status is { State: FactState.Absent })
            return Fact.Absent<GuestIdentity>();

        // Users in /etc/passwd only: a name service may be as far away as the volume.
        IReadOnlySet<uint> owners = QemuProof.Owners(conf is { State: FactState.Known } ? TextOf(conf) : null, TextOf(passwd));
        if (QemuProof.IsLibvirts(new QemuClaim(InPidFile: false, TextOf(status), TextOf(cgroup)), owners))
            return Fact.Known<GuestIdentity>(guest);
        foreach (Fact<byte[]> fact in (Fact<byte[]>[])[status, cgroup, conf, passwd])
        {
            if (fact is { State: FactState.NotLearned } unknown)
                return Fact.NotLearned<GuestIdentity>(unknown.Why!);
        }

        return file is { State: FactState.NotLearned } why ? Fact.NotLearned<GuestIdentity>(why.Why!) : Fact.Absent<GuestIdentity>();
    }

    private static string TextOf(Fact<byte[]> content) =>
        content is { State: FactState.Known } known ? Encoding.UTF8.GetString(known.Value!) : "";

    private static Fact<int> PidInFile(GuestIdentity identity)
    {
        Fact<byte[]> text = Read($"{LibvirtPidDirectory}/{identity.Name}.pid");
        if (text is { State: FactState.NotLearned } unknown)
            return Fact.NotLearned<int>(unknown.Why!);
        return
            text is { State: FactState.Known } file
            && int.TryParse(Encoding.UTF8.GetString(file.Value!).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? Fact.Known<int>(pid)
            : Fact.Absent<int>();
    }

    private static Fact<long> StartTime(string stat)
    {
        // The second field is the program's name in parentheses and may contain anything.
        int end = stat.LastIndexOf(')');
        string[] fields = end < 0 ? [] : stat[(end + 2)..].Split(' ');
        return fields.Length > 19 && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            ? Fact.Known<long>(ticks)
            : Fact.NotLearned<long>("its start time cannot be read");
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
            return Fact.Known<byte[]>(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && e.HResult == ESRCH))
        {
            return Fact.Absent<byte[]>();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fact.NotLearned<byte[]>($"{path} cannot be read ({e.Message})");
        }
    }
}
