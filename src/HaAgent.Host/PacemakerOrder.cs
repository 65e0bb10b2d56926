using HaAgent.Core.Guest;
using HaAgent.Core.Locking;

namespace HaAgent.Host;

/// <summary>The order of Pacemaker and the daemons of its guests (<see cref="ShutdownOrdering"/>) on this node.</summary>
internal static class PacemakerOrder
{
    private const string File = ShutdownOrdering.OfAgent;

    private const string Systemctl = "systemctl";

    private const string Text =
        "# Written by ocf:haagent:VirtualDomain: at shutdown Pacemaker stops first, then the daemons that its guests need.\n"
        + ShutdownOrdering.Unit;

    private const UnixFileMode EveryoneReads =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The units after which systemd orders Pacemaker.</summary>
    /// <exception cref="IOException">systemd does not tell.</exception>
    /// <exception cref="FormatException">What it tells is something else.</exception>
    public static IReadOnlyList<string> Ask(Deadline deadline) => Ask(deadline, Systemctl);

    private static IReadOnlyList<string> Ask(Deadline deadline, string systemctl)
    {
        CommandResult show = Command.Run(deadline, systemctl, ["show", "--property=ActiveState,After", "--", .. ShutdownOrdering.Asked]);
        return show.Succeeded
            ? ShutdownOrdering.Effective(show.Output)
            : throw new IOException($"systemctl does not tell after what {ShutdownOrdering.Pacemaker} is ordered: {show.Words}");
    }

    /// <summary>Orders them where systemd runs and nothing else does: by a drop-in that ends with this boot.</summary>
    public static OperationResult Ensure(Deadline deadline) =>
        System.IO.Directory.Exists("/run/systemd/system") ? Ensure(deadline, File, Systemctl) : OperationResult.Done;

    internal static OperationResult Ensure(Deadline deadline, string file, string systemctl)
    {
        const string consequence = "so a shutdown of this node may end guests too early";
        try
        {
            // systemd is asked once in a boot: a file that is there was read.
            if (System.IO.File.Exists(file) && System.IO.File.ReadAllText(file) == Text)
                return OperationResult.Done;
            if (IsWhole(deadline.Share(0.5), systemctl))
                return OperationResult.Done;
            bool isRead = false;
            try
            {
                Write(file);
                CommandResult reload = Command.Run(deadline, systemctl, ["daemon-reload"]);
                CommandResult target = reload.Succeeded
                    ? Command.Run(deadline, systemctl, ["start", "--no-block", "virt-guest-shutdown.target"])
                    : reload;
                isRead = target.Succeeded;
                return isRead
                    ? OperationResult.Done
                    : OperationResult.DoneWith($"systemd did not take {file} ({target.Words}), {consequence}; the next start tries again");
            }
            finally
            {
                // Left there, it would tell the next start that all is done.
                if (!isRead)
                    System.IO.File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OperationResult.DoneWith($"{file} cannot be written ({e.Message}), {consequence}");
        }
    }

    /// <summary>Where it cannot be told it may be wanting, and twice ordered does no harm.</summary>
    private static bool IsWhole(Deadline deadline, string systemctl)
    {
        try
        {
            return ShutdownOrdering.IsWhole([.. Ask(deadline, systemctl)]);
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return false;
        }
    }

    private static void Write(string file)
    {
        string directory = Path.GetDirectoryName(file)!;
        System.IO.Directory.CreateDirectory(directory);
        WholeFile.Write(file, System.Text.Encoding.UTF8.GetBytes(Text), WholeFile.EveryoneReads);

        // Pacemaker's umask hides them from the world, of which systemd complains.
        System.IO.File.SetUnixFileMode(
            directory,
            EveryoneReads | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
        System.IO.File.SetUnixFileMode(file, EveryoneReads);
    }
}
