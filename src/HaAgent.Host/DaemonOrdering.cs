using HaAgent.Core.Guest;

namespace HaAgent.Host;

/// <summary>
/// On a systemd host the VM daemons must stop after Pacemaker, or a shutdown of the node kills the guests before they can leave
/// (resource-agents #2081, #1087). pacemaker.service is ordered after resource-agents-deps.target; this orders that target after the
/// daemons. All of them are named, because systemd ignores an ordering after a unit that is not there: modular and monolithic alike.
/// </summary>
internal static class DaemonOrdering
{
    private const string Directory = "/run/systemd/system/resource-agents-deps.target.d";
    private const string File = Directory + "/50-haagent.conf";

    private const string Text = """
        # Written by ocf:haagent:VirtualDomain: at shutdown Pacemaker stops first, then the daemons that its guests need.
        [Unit]
        After=libvirtd.service virtqemud.service virtlockd.service virtlogd.service virt-guest-shutdown.target
        Wants=virt-guest-shutdown.target

        """;

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
