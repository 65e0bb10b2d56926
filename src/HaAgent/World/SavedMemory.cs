using HaAgent.Core.Guest;
using HaAgent.Host;
using HaAgent.Host.Child;

namespace HaAgent.World;

/// <summary>The file for a guest's saved memory, as the bash agent names it.</summary>
internal static class SavedMemory
{
    /// <summary>DIRECTORY/DOMAIN.state; empty when the parameter snapshot is not set.</summary>
    public static string File(AgentContext context) =>
        context.Settings.Snapshot.Length == 0 ? "" : Path.Combine(context.Settings.Snapshot, context.Domain + ".state");

    /// <summary>
    /// Where the file is moved before it is restored. A memory belongs to the disks as they were when it was saved: once its guest has run,
    /// or may have, it must never be restored again, whoever is killed in between and whatever cannot be deleted.
    /// </summary>
    public static string Moved(AgentContext context) => File(context) + ".restoring";

    /// <summary>
    /// Moves aside what `virsh managedsave` left (libvirt's saveDir): the agent starts no guest from it, and now that the guest runs from
    /// its disks, `virsh start` must not do so later.
    /// </summary>
    public static void SetAsideManaged(AgentContext context, Deadline deadline)
    {
        string file = $"/var/lib/libvirt/qemu/save/{context.Domain}.save";
        if (context.Volume.Look(file, deadline.Share(0.5)).Value is not { Kind: FileKind.RegularFile })
            return;
        if (SetAside(context, file, deadline) is string why)
            context.Log.Write(
                new LogMessage(
                    Severity.Warning,
                    $"{file} cannot be moved aside ({why}). Delete it: virsh start would restore it over disks that have changed"
                )
            );
    }

    /// <summary>Moves a memory aside that is older than the disks, because the guest has run since, and says so.</summary>
    /// <returns>Null, or why it may still be there.</returns>
    public static string? SetAside(AgentContext context, string file, Deadline deadline)
    {
        string old = file + ".old";
        if (context.Volume.Move(file, ref old, deadline) is string why)
            return why;
        context.Log.Write(
            new LogMessage(Severity.Warning, $"{file} is older than the last start of {context.Domain}, and was moved to {old}")
        );
        return null;
    }
}
