using HaAgent.Core.Guest;
using HaAgent.Core.Locking;

namespace HaAgent.Host;

/// <summary>The order of Pacemaker and the daemons of its guests (<see cref="ShutdownOrdering"/>) on this node.</summary>
internal static class PacemakerOrder
{
    private const string File = ShutdownOrdering.OfAgent;

    private const string Text =
        "# Written by ocf:haagent:VirtualDomain: at shutdown Pacemaker stops first, then the daemons that its guests need.\n"
        + ShutdownOrdering.Unit;

    private static readonly string Directory = Path.GetDirectoryName(File)!;

    private const UnixFileMode EveryoneReads =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The units after which systemd orders Pacemaker.</summary>
    /// <exception cref="IOException">systemd does not tell.</exception>
    /// <exception cref="FormatException">What it tells is something else.</exception>
    public static IReadOnlyList<string> Ask(Deadline deadline)
    {
        CommandResult show = Command.Run(deadline, "systemctl", ["show", "--property=ActiveState,After", "--", .. ShutdownOrdering.Asked]);
        return show.Succeeded
            ? ShutdownOrdering.Effective(show.Output)
            : throw new IOException($"systemctl does not tell after what {ShutdownOrdering.Pacemaker} is ordered: {show.Words}");
    }

    /// <summary>Orders them where systemd runs and nothing else does: by a drop-in that ends with this boot.</summary>
    public static OperationResult Ensure(Deadline deadline)
    {
        if (!System.IO.Directory.Exists("/run/systemd/system"))
            return OperationResult.Done;
        string? unknown = null;
        try
        {
            // systemd is asked once in a boot.
            if (System.IO.File.Exists(File) && System.IO.File.ReadAllText(File) == Text)
                return OperationResult.Done;
            try
            {
                if (ShutdownOrdering.IsWhole([.. Ask(deadline.Share(0.5))]))
                    return OperationResult.Done;
            }
            catch (Exception e) when (e is IOException or FormatException)
            {
                unknown = e.Message;
            }

            Write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OperationResult.DoneWith($"{File} cannot be written ({e.Message}), so a shutdown of this node may end guests too early");
        }

        if (unknown is not null)
            return OperationResult.DoneWith(
                $"Whether a shutdown of this node ends guests too early cannot be told ({unknown}); {File} keeps it from that as soon as "
                    + "systemd has read it: systemctl daemon-reload"
            );
        CommandResult reload = Command.Run(deadline, "systemctl", ["daemon-reload"]);
        CommandResult target = reload.Succeeded
            ? Command.Run(deadline, "systemctl", ["start", "--no-block", "virt-guest-shutdown.target"])
            : reload;
        return target.Succeeded
            ? OperationResult.Done
            : OperationResult.DoneWith(
                $"systemd did not take {File} ({target.Words}), so a shutdown of this node may end guests too early"
            );
    }

    private static void Write()
    {
        System.IO.Directory.CreateDirectory(Directory);
        WholeFile.Write(File, System.Text.Encoding.UTF8.GetBytes(Text), WholeFile.EveryoneReads);

        // Pacemaker's umask hides them from the world, of which systemd complains.
        System.IO.File.SetUnixFileMode(
            Directory,
            EveryoneReads | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
        System.IO.File.SetUnixFileMode(File, EveryoneReads);
    }
}
