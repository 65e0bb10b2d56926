using HaAgent.Core.Guest;
using HaAgent.Core.Locking;

namespace HaAgent.Host;

/// <summary>Orders Pacemaker before the daemons of its guests (<see cref="ShutdownOrdering"/>), for hosts on which the package did not.</summary>
internal static class DaemonOrdering
{
    private const string File = ShutdownOrdering.OfAgent;

    private const string Text = "# Written by ocf:haagent:VirtualDomain: at shutdown Pacemaker stops first, then the daemons that its guests need.\n" + ShutdownOrdering.Unit;

    private static readonly string Directory = Path.GetDirectoryName(File)!;

    private const UnixFileMode EveryoneReads = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes the drop-in where systemd runs and it is not there yet.</summary>
    public static OperationResult Ensure(Deadline deadline)
    {
        if (!System.IO.Directory.Exists("/run/systemd/system"))
            return OperationResult.Done;
        try
        {
            if (System.IO.File.Exists(File) && System.IO.File.ReadAllText(File) == Text)
                return OperationResult.Done;
            System.IO.Directory.CreateDirectory(Directory);
            System.IO.File.WriteAllText(File, Text);

            // Pacemaker's umask hides it from the world, of which systemd complains.
            System.IO.File.SetUnixFileMode(Directory, EveryoneReads | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            System.IO.File.SetUnixFileMode(File, EveryoneReads);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OperationResult.DoneWith($"{File} cannot be written ({e.Message}), so a shutdown of this node may end guests too early");
        }

        CommandResult reload = Command.Run(deadline, "systemctl", ["daemon-reload"]);
        CommandResult target = reload.Succeeded ? Command.Run(deadline, "systemctl", ["start", "--no-block", "virt-guest-shutdown.target"]) : reload;
        return target.Succeeded
            ? OperationResult.Done
            : OperationResult.DoneWith($"systemd did not take {File} ({target.Words}), so a shutdown of this node may end guests too early");
    }
}
