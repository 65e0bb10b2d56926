using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Host.Child;

namespace HaAgent.World;

/// <summary>The file for a guest's saved memory, as the bash agent names it, and the note that says to which disks it belongs.</summary>
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

    /// <summary>The note; null: there is none, or it is not whole.</summary>
    public static Fact<SavedMemoryNote> Note(AgentContext context, Deadline deadline) =>
        context
            .Volume.ReadConfiguration(NoteFile(context), deadline)
            .Then(read =>
                read.Bytes is byte[] bytes && SavedMemoryNote.Parse(Encoding.UTF8.GetString(bytes)) is SavedMemoryNote note
                    ? Fact.Known(note)
                    : Fact.Absent<SavedMemoryNote>()
            );

    /// <summary>Why the memory that is there may not be restored; absent: it may; not learned: that may still be found out.</summary>
    public static Fact<string> Doubt(AgentContext context, Fact<SavedMemoryNote> note, Deadline deadline) =>
        note.Match(
            known => known.Doubt(File(context), path => MarkOf(context, path, deadline), () => IsShared(context, deadline)),
            () => Fact.Known($"there is no note {NoteFile(context)} of a stop that saved it and of no start since"),
            Fact.NotLearned<string>
        );

    /// <summary>Begins the note, which shows before anything is saved that it can be written.</summary>
    /// <returns>Null, or why it was not written.</returns>
    public static string? BeginNote(AgentContext context, Deadline deadline) =>
        context.Volume.Write(NoteFile(context), SavedMemoryNote.Begun, deadline, out _) is string why
            ? $"{NoteFile(context)} cannot be written ({why})"
            : null;

    /// <summary>Writes down that the memory was saved, and to which disks it belongs.</summary>
    /// <returns>Null, or why it was not written: the memory will not be restored then.</returns>
    public static string? WriteNote(AgentContext context, IReadOnlyList<Disk> disks, Deadline deadline)
    {
        Fact<string> memory = MarkOf(context, File(context), deadline.Share(0.3));
        if (!memory.IsKnown(out string? mark))
            return memory.Why ?? "it is not there";
        return Marks(context, disks, deadline)
            .Match(
                marked =>
                    context.Volume.Write(
                        NoteFile(context),
                        new SavedMemoryNote(new MarkedFile(File(context), mark), marked).Format(),
                        deadline,
                        out _
                    ),
                () => "its disks are not there",
                why => why
            );
    }

    /// <summary>A guest's writable disks as they are now.</summary>
    public static Fact<IReadOnlyList<MarkedFile>> Marks(AgentContext context, IReadOnlyList<Disk> disks, Deadline deadline)
    {
        var marked = new List<MarkedFile>();
        foreach (Disk disk in disks.Where(disk => !disk.ReadOnly && !disk.IsEmpty))
        {
            bool isFile = disk is { Type: "file", Source: not null, Shareable: false };
            Fact<string> seen = isFile ? MarkOf(context, disk.Source!, deadline.Share(0.5)) : Fact.Absent<string>();
            if (seen.IsNotLearned(out string? why))
                return Fact.NotLearned<IReadOnlyList<MarkedFile>>(why);
            marked.Add(new MarkedFile(disk.Source ?? disk.Network ?? disk.Target, seen.Value));
        }

        return Fact.Known<IReadOnlyList<MarkedFile>>(marked);
    }

    /// <summary>Why a memory of these disks would not be restored, however soon the next start is; absent: it would.</summary>
    public static Fact<string> DoubtOf(AgentContext context, IReadOnlyList<MarkedFile> disks, Deadline deadline) =>
        SavedMemoryNote.DoubtOf(disks, () => IsShared(context, deadline));

    /// <summary>Takes the note away, if there is one: from now on the guest runs, or may.</summary>
    /// <returns>Null, or why it may still be there.</returns>
    public static string? DropNote(AgentContext context, Deadline deadline) => DropNote(context, deadline, out _);

    /// <summary>Takes the note away, if there is one: from now on the guest runs, or may.</summary>
    /// <param name="context">The resource.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="isAnswered">Its volume answered, so that to wait helps nobody.</param>
    /// <returns>Null, or why it may still be there.</returns>
    public static string? DropNote(AgentContext context, Deadline deadline, out bool isAnswered) =>
        context.Volume.Delete(NoteFile(context), deadline, out isAnswered) is string why
            ? $"{NoteFile(context)} cannot be removed ({why})"
            : null;

    /// <summary>
    /// Moves aside what `virsh managedsave` left (libvirt's saveDir): the agent starts no guest from it, and now that the guest runs from
    /// its disks, `virsh start` must not do so later.
    /// </summary>
    public static void SetAsideManaged(AgentContext context, Deadline deadline)
    {
        string file = $"/var/lib/libvirt/qemu/save/{context.Domain}.save";
        if (context.Volume.Look(file, deadline.Share(0.5)).Value is not { Kind: FileKind.RegularFile })
            return;
        if (SetAside(context, file, "the guest has run since it was saved", deadline) is string why)
            context.Log.Write(
                new LogMessage(
                    Severity.Warning,
                    $"{file} cannot be moved aside ({why}). Delete it: virsh start would restore it over disks that have changed"
                )
            );
    }

    /// <summary>Moves a memory aside that is not proven to fit the disks, and says so.</summary>
    /// <returns>Null, or why it may still be there.</returns>
    public static string? SetAside(AgentContext context, string file, string reason, Deadline deadline)
    {
        string old = file + ".old";
        if (context.Volume.Move(file, ref old, deadline) is string why)
            return why;
        context.Log.Write(
            new LogMessage(
                Severity.Warning,
                $"{file}, a saved memory of {context.Domain}, is not restored: {reason}. It was moved to {old}; delete that when it is of "
                    + "no use any more"
            )
        );
        return null;
    }

    private static string NoteFile(AgentContext context) => SavedMemoryNote.PathOf(context.Settings.Config);

    private static Fact<string> MarkOf(AgentContext context, string path, Deadline deadline) =>
        context.Volume.Look(path, deadline.Share(0.5)).Then(seen => seen.Mark is string mark ? Fact.Known(mark) : Fact.Absent<string>());

    /// <summary>Whether every node is known to see the directory of the configuration.</summary>
    private static Fact<bool> IsShared(AgentContext context, Deadline deadline) =>
        context
            .Volume.LookAtLockspace(Path.GetDirectoryName(context.Settings.Config)!, deadline.Share(0.5))
            .Then(seen =>
                seen.Exists ? Fact.Known(seen.IsKnownShared) : Fact.NotLearned<bool>($"its configuration's directory {seen.Problem}")
            );
}
