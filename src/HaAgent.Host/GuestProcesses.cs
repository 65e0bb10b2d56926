using HaAgent.Core.Guest;
using HaAgent.Core.Node;

namespace HaAgent.Host;

/// <summary>A QEMU process and its guest.</summary>
/// <param name="Guest">Whom it carries, by its arguments.</param>
/// <param name="Pid">Its id.</param>
/// <param name="StartTime">Clock ticks since boot, which together with the id name one process.</param>
internal sealed record GuestProcess(GuestIdentity Guest, int Pid, long StartTime);

/// <summary>
/// The QEMU processes that root's libvirt started. Any user can give a process of theirs a guest's arguments, also with the real QEMU as
/// program. What no user can have: root or libvirt's user as owner, libvirt's control group, libvirt's pid file. So the kernel's word of
/// the owner comes first; of a stranger neither memory nor program is touched, which may lie where reading never ends.
/// </summary>
/// <param name="proc">Where the kernel shows processes.</param>
/// <param name="pidFiles">libvirt's.</param>
/// <param name="qemuConf">libvirt's qemu.conf.</param>
/// <param name="passwd">The list of users.</param>
/// <param name="libDirectory">The directory that libvirt gives to the user as whom it runs QEMU.</param>
internal sealed class GuestProcesses(string proc, LibvirtPidFiles pidFiles, string qemuConf, string passwd, string libDirectory)
{
    /// <summary>Between the start of a process and its being filed, the pid file's time and the kernel's ticks differ by less.</summary>
    private static readonly TimeSpan ClockGrain = TimeSpan.FromSeconds(2);

    /// <summary>For one look at this node.</summary>
    public static GuestProcesses OfNode() =>
        new(ProcessTable.Root, LibvirtPidFiles.OfNode, LockspaceProbe.QemuConf, "/etc/passwd", "/var/lib/libvirt/qemu");

    private QemuOwners Owners =>
        field ??= new(ProcessTable.ReadText(qemuConf), ProcessTable.ReadText(passwd), RootFile.OwnerOf(libDirectory));

    private Fact<LibvirtPidFiles.Listing> Filed => field ??= pidFiles.All();

    /// <summary>The QEMU process that carries a guest, held; absent: none does.</summary>
    public Fact<QemuProcess> Find(GuestIdentity identity)
    {
        Fact<QemuProcess> filed = FromPidFile(identity);
        return filed.State == FactState.Known ? filed : Search(identity);
    }

    /// <summary>By libvirt's pid file alone.</summary>
    public Fact<QemuProcess> FromPidFile(GuestIdentity identity) =>
        pidFiles.Pid(identity.Name).Then(pid => QemuProcess.Open(pid, () => Carries(pid, identity)));

    /// <summary>Whether a process is the QEMU of this guest; absent: it is not, or it is gone.</summary>
    public Fact<bool> Carries(int pid, GuestIdentity identity) => Guest(pid, identity.IsOf, identity.Name).Map(_ => true);

    /// <summary>The guests that QEMU processes of this node carry.</summary>
    /// <param name="isWanted">Which of them are looked for.</param>
    /// <param name="name">As of <see cref="Guest"/>.</param>
    public Fact<IReadOnlyList<GuestProcess>> All(Func<GuestIdentity, bool> isWanted, string? name = null)
    {
        var guests = new List<GuestProcess>();
        try
        {
            foreach (int pid in ProcessTable.Pids(proc))
            {
                Fact<GuestProcess> guest = Guest(pid, isWanted, name)
                    .Then(seen => StartTime(pid).Map(start => new GuestProcess(seen, pid, start)));
                if (guest.IsNotLearned(out string? why))
                    return Fact.NotLearned<IReadOnlyList<GuestProcess>>(why);
                if (guest.IsKnown(out GuestProcess? known))
                    guests.Add(known);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fact.NotLearned<IReadOnlyList<GuestProcess>>($"{proc} cannot be read ({e.Message})");
        }

        return Fact.Known<IReadOnlyList<GuestProcess>>(guests);
    }

    /// <summary>
    /// Whether root's daemon lives that starts guests (libvirtd, virtqemud): known by its executable, as a user's session has one of that
    /// name, too. A child that it has forked and that has not become QEMU yet has the same executable, but one thread only, which the
    /// daemon never has, and may already have QEMU's user.
    /// </summary>
    public DaemonLife Daemon()
    {
        bool lives = false;
        bool spawns = false;
        try
        {
            foreach (int pid in ProcessTable.Pids(proc))
            {
                Fact<string> program = ProcessTable.Executable(pid, proc);
                if (program.State == FactState.Absent)
                    continue;
                if (program.IsKnown(out string? path) && Path.GetFileName(path) is not ("libvirtd" or "virtqemud"))
                    continue;
                Fact<string> status = Status(pid);
                Fact<bool> owned = status.Then(Owners.Own);
                if (owned.State == FactState.Absent)
                    continue;
                if (owned.State == FactState.NotLearned || program.State == FactState.NotLearned)
                    return DaemonLife.NotLearned;
                int threads = ProcessTable.Threads(pid, proc);
                spawns |= threads == 1;
                lives |= threads > 1 && QemuOwners.IsRoots(status.Value!);
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

    /// <summary>The guest whose QEMU a process is; absent for every other process, whatever its arguments say.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="isWanted">
    /// Which guests are looked for. Of one that names another, nothing needs proof: what cannot be learned of it must not hold this
    /// guest up.
    /// </param>
    /// <param name="name">
    /// The name of the only guest that is looked for; null: every one is. What libvirt filed under another name is another's: its memory,
    /// which may be out of reach as long as it stands still, is not touched.
    /// </param>
    internal Fact<GuestIdentity> Guest(int pid, Func<GuestIdentity, bool> isWanted, string? name = null)
    {
        Fact<bool> owned = Status(pid).Then(Owners.Own);
        if (owned.State == FactState.Absent && IsLibvirtsWord(pid, name).State == FactState.Absent)
            return Fact.Absent<GuestIdentity>();
        if (name is not null && IsAnothers(pid, name))
            return Fact.Absent<GuestIdentity>();
        Fact<GuestIdentity> named = Read(pid, "cmdline")
            .Then(line =>
                QemuCommandLine.Parse(line) is GuestIdentity guest && isWanted(guest) ? Fact.Known(guest) : Fact.Absent<GuestIdentity>()
            );
        if (named.State != FactState.Known)
            return named;
        Fact<bool> proof = owned.Then(_ => RootFile.SeeProgram($"{proc}/{pid}/exe"));
        if (proof.State != FactState.Known)
        {
            Fact<bool> word = IsLibvirtsWord(pid, name);
            proof = word.State != FactState.Known && proof.State == FactState.NotLearned ? proof : word;
        }

        return proof.Then(_ => named);
    }

    private Fact<QemuProcess> Search(GuestIdentity identity)
    {
        Fact<QemuProcess> result = Fact.Absent<QemuProcess>();
        try
        {
            foreach (int pid in ProcessTable.Pids(proc))
            {
                Fact<QemuProcess> process = QemuProcess.Open(pid, () => Carries(pid, identity));
                if (process.State == FactState.Known)
                    return process;
                if (process.State == FactState.NotLearned)
                    result = process;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fact.NotLearned<QemuProcess>($"{proc} cannot be read ({e.Message})");
        }

        return result;
    }

    /// <summary>Whether libvirt has put the process into a control group of its own, or filed it. That is how a guest which runs as a user
    /// of its own is known.</summary>
    private Fact<bool> IsLibvirtsWord(int pid, string? name)
    {
        Fact<bool> grouped = Read(pid, "cgroup")
            .Then(text => QemuCgroup.IsLibvirts(ProcessTable.Text(text)) ? Fact.Known(true) : Fact.Absent<bool>());
        if (grouped.State == FactState.Known)
            return grouped;
        Fact<bool> filed = Filed.Then(listing => IsFiled(pid, name, listing));
        return filed.State == FactState.Absent ? grouped : filed;
    }

    private Fact<bool> IsFiled(int pid, string? name, LibvirtPidFiles.Listing listing)
    {
        LibvirtPidFiles.Entry? entry =
            listing.Entries.FirstOrDefault(filed => filed.Pid == pid && name is not null && filed.CanBeOf(name))
            ?? listing.Entries.FirstOrDefault(filed => filed.Pid == pid);
        if (entry is not null)
            return IsOf(pid, entry);

        // A file of another guest that cannot be read does not name this one's process.
        string? why = name is null ? listing.Unread.Values.FirstOrDefault() : listing.WhyUnread(name);
        return why is null ? Fact.Absent<bool>() : Fact.NotLearned<bool>(why);
    }

    /// <summary>Whether libvirt filed a process for another guest and not for this one. How it writes a name that is more than letters,
    /// digits and a few signs as the name of a file is its own affair: of such a guest the process itself is asked.</summary>
    private bool IsAnothers(int pid, string name)
    {
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+' or ':' or '@' or ' '))
            return false;
        LibvirtPidFiles.Entry[] entries = [.. (Filed.Value?.Entries ?? []).Where(filed => filed.Pid == pid)];
        return entries.Length > 0
            && Filed.Value!.WhyUnread(name) is null
            && Array.TrueForAll(entries, entry => !entry.CanBeOf(name) && IsOf(pid, entry).State == FactState.Known);
    }

    /// <summary>A pid file outlives its process when the daemon is away: then its number may be another's.</summary>
    private Fact<bool> IsOf(int pid, LibvirtPidFiles.Entry entry) =>
        StartTime(pid)
            .Then(start =>
                HostClock.At(start) <= entry.Written + ClockGrain
                    ? Fact.Known(true)
                    : Fact.NotLearned<bool>($"process {pid} seems to be younger than libvirt's pid file of {entry.Name}, which names it")
            );

    private Fact<string> Status(int pid) => Read(pid, "status").Map(ProcessTable.Text);

    private Fact<long> StartTime(int pid) => ProcessTable.StartTime(pid, proc);

    private Fact<byte[]> Read(int pid, string file) => ProcessTable.Read($"{proc}/{pid}/{file}");
}
