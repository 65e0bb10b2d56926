using System.Globalization;
using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>libvirt's daemons, its units, and the guests it runs: read from /proc, /run and systemd, so that they hold with libvirt away.</summary>
internal static class DaemonQuestions
{
    private const string GuestDirectory = "/run/libvirt/qemu";
    private static readonly string[] DaemonNames = ["libvirtd", "virtqemud", "virtlockd", "virtlogd", "virtproxyd"];

    private static readonly string[] UnitNames =
    [
        "libvirtd.service", "libvirtd.socket", "virtqemud.service", "virtqemud.socket", "virtproxyd.service", "virtproxyd.socket",
        "virtlockd.service", "virtlockd.socket", "virtlogd.service", "virtlogd.socket", "libvirt-guests.service",
        "pacemaker.service", "corosync.service", "sbd.service",
    ];

    /// <summary>Whether systemd runs the node (sd_booted(3)).</summary>
    public static bool HasSystemd => Directory.Exists("/run/systemd/system");

    /// <summary>Those that run.</summary>
    public static DaemonsAnswer Daemons() => new([.. ProcFiles.Processes(DaemonNames).Select(process => Read(process.Pid, process.Name)).OfType<DaemonFact>()]);

    /// <summary>The guests by libvirt's pid files: each is proven by its process, which bears its name.</summary>
    public static RunningGuestsAnswer RunningGuests() => RunningGuests(GuestDirectory, pid => ProcFiles.Read(pid, "cmdline"));

    internal static RunningGuestsAnswer RunningGuests(string directory, Func<int, byte[]?> commandLine)
    {
        var processes = new Dictionary<string, int>();
        foreach (string file in Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*.pid") : [])
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (Pid(file) is int pid && commandLine(pid) is byte[] arguments && QemuCommandLine.Parse(arguments)?.Name == name)
                processes[name] = pid;
        }

        return new RunningGuestsAnswer(processes);
    }

    /// <summary>The units as systemd knows them.</summary>
    public static UnitsAnswer Units(Deadline deadline) => HasSystemd
        ? ReadUnits(NodeQuestions.Output(deadline, "systemctl", ["show", "--property=LoadState,ActiveState,UnitFileState,NeedDaemonReload", "--", .. UnitNames]), UnitNames)
        : new UnitsAnswer(new Dictionary<string, UnitFact>(), false);

    /// <summary>Reads what <c>systemctl show</c> says: a block of KEY=VALUE lines for each unit, in the order asked.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    internal static UnitsAnswer ReadUnits(string text, IReadOnlyList<string> names)
    {
        IReadOnlyDictionary<string, string>[] blocks = [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(KeyValueText.Parse)];
        if (blocks.Length != names.Count)
            throw new FormatException($"systemctl tells of {blocks.Length} units where {names.Count} were asked for");
        var units = new Dictionary<string, UnitFact>();
        for (int i = 0; i < blocks.Length; i++)
            units[names[i]] = new UnitFact(Value(blocks[i], "LoadState"), Value(blocks[i], "ActiveState"), blocks[i].GetValueOrDefault("UnitFileState", ""));
        int pacemaker = names.ToList().IndexOf("pacemaker.service");
        return new UnitsAnswer(units, pacemaker >= 0 && Value(blocks[pacemaker], "NeedDaemonReload") == "yes");
    }

    private static string Value(IReadOnlyDictionary<string, string> block, string key) =>
        block.TryGetValue(key, out string? value) ? value : throw new FormatException($"systemctl tells nothing of {key}");

    private static int? Pid(string file)
    {
        try
        {
            return int.Parse(File.ReadAllText(file).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static DaemonFact? Read(int pid, string name)
    {
        if (ProcFiles.Read(pid, "stat") is not byte[] stat || ProcFiles.Read(pid, "cmdline") is not byte[] arguments)
            return null;
        TimeSpan age = ProcFiles.Age(Encoding.UTF8.GetString(stat), Moment.Uptime);
        return new DaemonFact(name, pid, age, Encoding.UTF8.GetString(arguments).Split('\0', StringSplitOptions.RemoveEmptyEntries));
    }
}
