using HaAgent.Core.Node;
using HaAgent.Host.Child;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;

namespace HaAgent.Host.Node;

/// <summary>libvirt's daemons, its units, and the guests it runs: read from /proc, /run and systemd, so that they hold with libvirt
/// away.</summary>
internal static class DaemonQuestions
{
    private static readonly string[] DaemonNames = ["libvirtd", "virtqemud", "virtlockd", "virtlogd", "virtproxyd"];

    private static readonly string[] UnitNames =
    [
        "libvirtd.service",
        "libvirtd.socket",
        "libvirtd-tcp.socket",
        "libvirtd-tls.socket",
        "virtqemud.service",
        "virtqemud.socket",
        "virtproxyd.service",
        "virtproxyd.socket",
        "virtproxyd-tcp.socket",
        "virtproxyd-tls.socket",
        "virtlockd.service",
        "virtlockd.socket",
        "virtlogd.service",
        "virtlogd.socket",
        "libvirt-guests.service",
        "pacemaker.service",
        "corosync.service",
        "sbd.service",
    ];

    /// <summary>Whether systemd runs the node (sd_booted(3)).</summary>
    public static bool HasSystemd => Directory.Exists("/run/systemd/system");

    /// <summary>Those that run.</summary>
    public static DaemonsAnswer Daemons() =>
        new([.. ProcessTable.OfRoot(DaemonNames).Select(process => Read(process.Pid, process.Name)).OfType<DaemonFact>()]);

    /// <summary>The guests, each proven by its process.</summary>
    public static RunningGuestsAnswer RunningGuests(Deadline deadline)
    {
        var processes = new Dictionary<string, ProcessFact>();
        foreach (GuestProcess seen in Guests(deadline))
            processes[seen.Guest.Name] = new ProcessFact(seen.Pid, seen.StartTime);
        return new RunningGuestsAnswer(processes);
    }

    /// <summary>Every guest that a process of this node carries.</summary>
    /// <exception cref="IOException">It could not be found out.</exception>
    public static IReadOnlyList<GuestProcess> Guests(Deadline deadline) =>
        Search.Guests(deadline).Match(found => found, () => [], why => throw new IOException(why));

    /// <summary>The processes of this node.</summary>
    public static ProcessSearch Search { get; } = new(new ChildCall("/run", "node"));

    /// <summary>The units as systemd knows them.</summary>
    public static UnitsAnswer Units(Deadline deadline) =>
        HasSystemd
            ? ReadUnits(
                NodeQuestions.Output(
                    deadline,
                    "systemctl",
                    ["show", "--property=LoadState,ActiveState,UnitFileState,NeedDaemonReload", "--", .. UnitNames]
                ),
                UnitNames,
                PacemakerOrder.Ask(deadline).After
            )
            : new UnitsAnswer(new Dictionary<string, UnitFact>(), false, []);

    /// <summary>Reads what <c>systemctl show</c> says: a block of KEY=VALUE lines for each unit, in the order asked.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    internal static UnitsAnswer ReadUnits(string text, IReadOnlyList<string> names, IReadOnlyList<string> pacemakerAfter)
    {
        IReadOnlyDictionary<string, string>[] blocks =
        [
            .. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(KeyValueText.Parse),
        ];
        if (blocks.Length != names.Count)
            throw new FormatException($"systemctl tells of {blocks.Length} units where {names.Count} were asked for");
        var units = new Dictionary<string, UnitFact>();
        for (int i = 0; i < blocks.Length; i++)
            units[names[i]] = new UnitFact(
                Value(blocks[i], "LoadState"),
                Value(blocks[i], "ActiveState"),
                blocks[i].GetValueOrDefault("UnitFileState", "")
            );
        int pacemaker = names.ToList().IndexOf("pacemaker.service");
        return new UnitsAnswer(units, pacemaker >= 0 && Value(blocks[pacemaker], "NeedDaemonReload") == "yes", pacemakerAfter);
    }

    private static string Value(IReadOnlyDictionary<string, string> block, string key) =>
        block.TryGetValue(key, out string? value) ? value : throw new FormatException($"systemctl tells nothing of {key}");

    private static DaemonFact? Read(int pid, string name)
    {
        if (ProcessTable.TextOf(pid, "stat") is not string stat || ProcessTable.TextOf(pid, "cmdline") is not string arguments)
            return null;
        TimeSpan age = ProcessTable.Age(stat, NodeTime.Uptime);
        return new DaemonFact(name, pid, age, arguments.Split('\0', StringSplitOptions.RemoveEmptyEntries));
    }
}

/// <summary>The care of libvirt's daemons. None is restarted while a guest runs: one that was started without the new locks would stay
/// without them.</summary>
internal static class DaemonChanges
{
    /// <summary>libvirt's daemons wait 30 s for their own threads, and end then whatever these do (virNetDaemonRun).</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>Enables and starts units.</summary>
    public static DoneReply Make(EnableUnits change, Deadline deadline, SafeFileHandle? held)
    {
        Systemctl(deadline, ["enable", "--now", "--", .. change.Units], held);
        return new DoneReply();
    }

    /// <summary>Restarts a service.</summary>
    public static DoneReply Make(RestartUnit change, Deadline deadline, SafeFileHandle? held)
    {
        SeeNoGuests(deadline);
        Systemctl(deadline, ["restart", "--", change.Unit], held);
        return new DoneReply();
    }

    /// <summary>Ends a daemon and starts it again as it was started.</summary>
    public static DoneReply Make(RestartProcess change, Deadline deadline, SafeFileHandle? held)
    {
        // Its start time tells it from another process that gets its number later.
        if (ProcessTable.Name(change.Pid).Value != change.Name || !ProcessTable.StartTime(change.Pid).IsKnown(out long started))
            throw new IOException($"process {change.Pid} is no longer {change.Name}");

        // It is started again as root: a user's process of that name, or a program that a user may change, would be run by us.
        if (
            ProcessTable.IsRoots(change.Pid, change.Name).State != FactState.Known
            || RootFile.SeeProgram($"{ProcessTable.Root}/{change.Pid}/exe").State != FactState.Known
        )
            throw new IOException($"{change.Name} (process {change.Pid}) is not root's alone");
        SeeNoGuests(deadline);
        string[] command = Words(change.Pid, "cmdline");
        KeyValuePair<string, string>[] environment =
        [
            .. Words(change.Pid, "environ")
                .Select(word => word.Split('=', 2))
                .Where(pair => pair.Length == 2 && pair[0].Length > 0)
                .Select(pair => KeyValuePair.Create(pair[0], pair[1])),
        ];
        if (command.Length == 0)
            throw new IOException($"the command line of {change.Name} (process {change.Pid}) cannot be read");

        // One that stays in the foreground belongs to whoever started it.
        if (!command.Any(word => word is "-d" or "--daemon"))
            throw new IOException(
                $"{change.Name} (process {change.Pid}) does not put itself into the background: restart it the way it was started"
            );
        using QemuProcess process = QemuProcess
            .OpenKnown(change.Pid, started)
            .Match(
                held => held,
                () => throw new IOException($"process {change.Pid} is no longer {change.Name}"),
                why => throw new IOException($"process {change.Pid}: {why}")
            );
        if (process.Signal(Posix.SigTerm) is { } problem)
            throw new IOException($"{change.Name} (process {change.Pid}) cannot be asked to end: {problem}");
        if (!process.WaitForEnd(EndLimit))
            throw new IOException($"{change.Name} did not end within {EndLimit.TotalSeconds:0} s");

        // From here on it must be started, however little time is left.
        CommandResult result = Command.Run(
            Deadline.In(StartLimit),
            command[0],
            command[1..],
            environment: environment,
            directory: "/",
            whenWeEnd: WhenWeEnd.ItGoesOn,
            held: held
        );
        if (result.ExitCode != 0)
            throw new IOException(
                $"{change.Name} was ended and does not start again ({string.Join(' ', command)}): {result.Reason}. Start it by hand"
            );
        return new DoneReply();
    }

    private static void SeeNoGuests(Deadline deadline)
    {
        // A guest may have been started since the plan was made.
        IReadOnlyList<GuestProcess> guests;
        try
        {
            guests = DaemonQuestions.Guests(deadline);
        }
        catch (IOException e)
        {
            throw new IOException($"whether guests run here could not be found out ({e.Message}): nothing was restarted");
        }

        if (guests.Count > 0)
            throw new IOException(
                $"{string.Join(", ", guests.Select(seen => seen.Guest.Name))} run{(guests.Count == 1 ? "s" : "")} here now: nothing was "
                    + "restarted"
            );
    }

    private static void Systemctl(Deadline deadline, IReadOnlyList<string> arguments, SafeFileHandle? held)
    {
        CommandResult result = Command.Run(deadline, "systemctl", arguments, whenWeEnd: WhenWeEnd.ItGoesOn, held: held);
        if (result.ExitCode != 0)
            throw new IOException($"systemctl {string.Join(' ', arguments.Where(a => a != "--"))} failed: {result.Reason}");
    }

    private static string[] Words(int pid, string file) =>
        (ProcessTable.TextOf(pid, file) ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
