using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Host.Child;

namespace HaAgent.Host;

/// <summary>The order of Pacemaker and the daemons of its guests (<see cref="ShutdownOrdering"/>) on this node.</summary>
internal static class PacemakerOrder
{
    private const string File = ShutdownOrdering.OfAgent;

    private const string Text =
        "# Written by ocf:haagent:VirtualDomain: at shutdown Pacemaker stops first, then the daemons that its guests need.\n"
        + ShutdownOrdering.Unit;

    private const string Consequence = "so a shutdown of this node may end guests too early";

    private const UnixFileMode EveryoneReads =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>What systemd says of the order.</summary>
    /// <exception cref="IOException">systemd does not tell.</exception>
    /// <exception cref="FormatException">What it tells is something else.</exception>
    public static ShutdownOrder Ask(Deadline deadline, string systemctl = "systemctl")
    {
        CommandResult show = Command.Run(deadline, systemctl, ShutdownOrdering.Question);
        return show.Succeeded
            ? ShutdownOrdering.Read(show.Output)
            : throw new IOException($"systemctl does not tell after what {ShutdownOrdering.Pacemaker} is ordered: {show.Words}");
    }

    /// <summary>Orders them where systemd runs and nothing else does: by a drop-in that ends with this boot.</summary>
    public static OperationResult Ensure(Deadline deadline) =>
        Directory.Exists("/run/systemd/system") ? Ensure(deadline, File, "systemctl") : OperationResult.Done;

    /// <summary>The same. That the file lies there says nothing of whether systemd has read it: whoever wrote it may have been cut off, or
    /// systemd may not have answered; so systemd is asked at each start. The file stays in any case, for the next reload.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="file">Where the drop-in lies.</param>
    /// <param name="systemctl">The program.</param>
    internal static OperationResult Ensure(Deadline deadline, string file, string systemctl)
    {
        Fact<ShutdownOrder> order = Look(deadline.Share(0.4), systemctl);
        try
        {
            if (order.Value is not { IsWhole: true } && (!IsWritten(file) || IsUnread(order)))
                order = Reload(deadline, file, systemctl);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OperationResult.DoneWith($"{file} cannot be written ({e.Message}), {Consequence}");
        }

        if (!order.IsKnown(out ShutdownOrder? known))
            return OperationResult.DoneWith(
                $"systemd does not say that it took {file} ({order.Why}), {Consequence}; the next start of a guest asks it again"
            );
        if (known is { IsWhole: false, HasTarget: false } or { IsWhole: false, FollowsTarget: false })
            return OperationResult.DoneWith(
                $"systemd does not order {ShutdownOrdering.Pacemaker} after {ShutdownOrdering.Target}, {Consequence}: haagent setup "
                    + "orders it by a file of its own"
            );
        CommandResult target = known.LacksGuests ? Command.Run(deadline, systemctl, ShutdownOrdering.StartOfGuests) : default;
        return !known.LacksGuests || target.Succeeded
            ? OperationResult.Done
            : OperationResult.DoneWith(
                $"systemctl {string.Join(' ', ShutdownOrdering.StartOfGuests)} failed ({target.Words}), {Consequence}"
            );
    }

    private static Fact<ShutdownOrder> Look(Deadline deadline, string systemctl)
    {
        try
        {
            return Fact.Known(Ask(deadline, systemctl));
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return Fact.NotLearned<ShutdownOrder>(e.Message);
        }
    }

    /// <summary>systemd says that it has not read the drop-in. One that says nothing is most likely busy, and a reload would keep it busy
    /// the longer; and where there is no such target no reload has it read.</summary>
    private static bool IsUnread(Fact<ShutdownOrder> order) => order.Value is { HasRead: false, HasTarget: true };

    /// <summary>Has systemd read the drop-in, which takes it a while: of the guests that start at once the first does it for
    /// all.</summary>
    private static Fact<ShutdownOrder> Reload(Deadline deadline, string file, string systemctl)
    {
        using ChildLock? turn = ChildLock.Take(file + ".lock", deadline.Share(0.5), out DateTime? heldSince, out _);
        if (heldSince is not null)
            return Fact.NotLearned<ShutdownOrder>("another start is still having it read");
        Fact<ShutdownOrder> order = Look(deadline.Share(0.3), systemctl);
        if (order.Value is { IsWhole: true } || (IsWritten(file) && !IsUnread(order)))
            return order;
        Write(file);
        CommandResult reload = Command.Run(deadline, systemctl, ["daemon-reload"]);
        return reload.Succeeded ? Look(deadline, systemctl) : Fact.NotLearned<ShutdownOrder>(reload.Words);
    }

    private static bool IsWritten(string file) => System.IO.File.Exists(file) && RegularFile.Text(file) == Text;

    private static void Write(string file)
    {
        string directory = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(directory);
        WholeFile.Write(file, System.Text.Encoding.UTF8.GetBytes(Text), WholeFile.EveryoneReads);

        // Pacemaker's umask hides them from the world, of which systemd complains.
        System.IO.File.SetUnixFileMode(
            directory,
            EveryoneReads | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
        System.IO.File.SetUnixFileMode(file, EveryoneReads);
    }
}
