using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>The care of libvirt's daemons. None is restarted while a guest runs: one that was started without the new locks would stay without them.</summary>
internal static class DaemonChanges
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    /// <summary>Enables and starts units.</summary>
    public static DoneReply Make(EnableUnits change, Deadline deadline)
    {
        Systemctl(deadline, ["enable", "--now", "--", .. change.Units]);
        return new DoneReply();
    }

    /// <summary>Restarts a service.</summary>
    public static DoneReply Make(RestartUnit change, Deadline deadline)
    {
        SeeNoGuests();
        Systemctl(deadline, ["restart", "--", change.Unit]);
        return new DoneReply();
    }

    /// <summary>Ends a daemon and starts it again as it was started.</summary>
    public static DoneReply Make(RestartProcess change, Deadline deadline)
    {
        SeeNoGuests();

        // Its start time tells it from another process that gets its number later.
        if (ProcessTable.Name(change.Pid).Value != change.Name || !ProcessTable.StartTime(change.Pid).IsKnown(out long started))
            throw new IOException($"process {change.Pid} is no longer {change.Name}");
        string[] command = Words($"/proc/{change.Pid}/cmdline");
        KeyValuePair<string, string>[] environment = [.. Words($"/proc/{change.Pid}/environ")
            .Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2 && pair[0].Length > 0).Select(pair => KeyValuePair.Create(pair[0], pair[1]))];
        if (command.Length == 0)
            throw new IOException($"the command line of {change.Name} (process {change.Pid}) cannot be read");

        // One that stays in the foreground belongs to whoever started it.
        if (!command.Any(word => word is "-d" or "--daemon"))
            throw new IOException($"{change.Name} (process {change.Pid}) does not put itself into the background: restart it the way it was started");
        using QemuProcess process = QemuProcess.OpenKnown(change.Pid, started).Match(held => held, () => throw new IOException($"process {change.Pid} is no longer {change.Name}"), why => throw new IOException($"process {change.Pid}: {why}"));
        if (process.Signal(SystemCalls.SigTerm) is { } problem)
            throw new IOException($"{change.Name} (process {change.Pid}) cannot be asked to end: {problem}");
        if (!process.WaitForEnd(EndLimit))
            throw new IOException($"{change.Name} did not end within {EndLimit.TotalSeconds:0} s");

        // From here on it must be started, however little time is left.
        CommandResult result = Command.Run(Deadline.In(EndLimit), command[0], command[1..], environment: environment, directory: "/");
        if (result.ExitCode != 0)
            throw new IOException($"{change.Name} was ended and does not start again ({string.Join(' ', command)}): {result.Reason}. Start it by hand");
        return new DoneReply();
    }

    private static void SeeNoGuests()
    {
        // A guest may have been started since the plan was made.
        List<GuestIdentity> guests = ProcessTable.Guests().Match(
            found => found, () => [], why => throw new IOException($"whether guests run here could not be found out ({why}): nothing was restarted"));
        if (guests.Count > 0)
            throw new IOException($"{string.Join(", ", guests.Select(guest => guest.Name))} run{(guests.Count == 1 ? "s" : "")} here now: nothing was restarted");
    }

    private static void Systemctl(Deadline deadline, IReadOnlyList<string> arguments)
    {
        CommandResult result = Command.Run(deadline, "systemctl", arguments);
        if (result.ExitCode != 0)
            throw new IOException($"systemctl {string.Join(' ', arguments.Where(a => a != "--"))} failed: {result.Reason}");
    }

    private static string[] Words(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
