using System.Text;
using HaAgent.Core.Node;

namespace HaAgent.Core.Guest;

/// <summary>A file as it was: by its inode, length and time of change as its own filesystem has them.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Mark">Compared for being the same and never for being older, so that no two clocks are; null: it has none that shows
/// whether it was written (a block device, an image on a server), or others write it as well.</param>
public readonly record struct MarkedFile(string Path, string? Mark);

/// <summary>
/// What a stop writes down, beside the configuration, of the memory that it saved. A memory belongs to the disks as they were: over disks
/// on which the guest has run since, it destroys them. So it is restored only where this note is there and nothing of what it names was
/// written since. Every start takes the note away before the guest runs, which is what protects disks without a mark.
/// </summary>
/// <param name="Memory">The saved memory.</param>
/// <param name="Disks">The guest's writable disks.</param>
public sealed record SavedMemoryNote(MarkedFile Memory, IReadOnlyList<MarkedFile> Disks)
{
    /// <summary>Of a note that is being written: nothing is restored by it.</summary>
    public const string Begun = "haagent-memory 1\n";

    private const string NoMark = "-";

    /// <summary>Every disk shows whether it was written.</summary>
    public bool MarksEveryDisk => Disks.All(disk => disk.Mark is not null);

    /// <summary>The note of a configuration.</summary>
    public static string PathOf(string config) => config + ".memory";

    /// <summary>The file's text.</summary>
    public string Format()
    {
        var text = new StringBuilder(Begun);
        Append("memory", Memory);
        foreach (MarkedFile disk in Disks)
            Append("disk", disk);
        return text.Append("end\n").ToString();

        void Append(string key, MarkedFile file) => text.Append($"{key}={file.Mark ?? NoMark} {GuestRecord.Escape(file.Path)}\n");
    }

    /// <summary>Reads the file's text; null when it is not whole, or not what <see cref="Format"/> writes.</summary>
    public static SavedMemoryNote? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(Begun, StringComparison.Ordinal) || !text.EndsWith("\nend\n", StringComparison.Ordinal))
            return null;
        MarkedFile? memory = null;
        var disks = new List<MarkedFile>();
        foreach (string line in text[Begun.Length..^"end\n".Length].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('=', 2) is not [var key, var value] || value.Split(' ', 2) is not [{ Length: > 0 } mark, { Length: > 0 } path])
                return null;
            var file = new MarkedFile(GuestRecord.Unescape(path), mark == NoMark ? null : mark);
            if (key == "disk")
                disks.Add(file);
            else if (key == "memory" && memory is null)
                memory = file;
            else
                return null;
        }

        return memory is MarkedFile saved ? new SavedMemoryNote(saved, disks) : null;
    }

    /// <summary>Why the memory may not be restored; absent: it is proven that it may; not learned: that may still be found out.</summary>
    /// <param name="file">The memory that is there.</param>
    /// <param name="markOf">A file's mark now.</param>
    /// <param name="isShared">Whether every node is known to see the directory of this note; asked only where a disk has no mark.</param>
    public Fact<string> Doubt(string file, Func<string, Fact<string>> markOf, Func<Fact<bool>> isShared)
    {
        ArgumentNullException.ThrowIfNull(markOf);
        ArgumentNullException.ThrowIfNull(isShared);
        if (Memory.Path != file || Memory.Mark is null)
            return Fact.Known($"the one that was saved last is {Memory.Path}");
        Fact<string> doubt = Fact.Absent<string>();
        foreach (MarkedFile disk in Disks.Prepend(Memory).Where(disk => disk.Mark is not null))
        {
            Fact<string> seen = markOf(disk.Path);
            if (seen.IsKnown(out string? mark) && mark != disk.Mark)
                return Fact.Known(disk == Memory ? "it is not the one that was saved last" : $"its disk {disk.Path} was written since");
            if (seen.State != FactState.Known)
                doubt = Fact.NotLearned<string>(seen.Why ?? $"{disk.Path} is not there");
        }

        return doubt.State == FactState.Absent ? DoubtOf(Disks, isShared) : doubt;
    }

    /// <summary>Why no memory of these disks may be restored, whatever its note says; absent: it may be. A stop asks the same before it
    /// saves one, so that no guest is ended without a shutdown for a memory that is of no use.</summary>
    /// <param name="disks">The guest's writable disks.</param>
    /// <param name="isShared">Whether every node is known to see the directory of the note; asked only where a disk has no mark.</param>
    public static Fact<string> DoubtOf(IReadOnlyList<MarkedFile> disks, Func<Fact<bool>> isShared)
    {
        ArgumentNullException.ThrowIfNull(disks);
        ArgumentNullException.ThrowIfNull(isShared);
        if (Unmarked(disks) is not string unmarked)
            return Fact.Absent<string>();
        return isShared()
            .Match(
                shared =>
                    shared
                        ? Fact.Absent<string>()
                        : Fact.Known(
                            $"its disk {unmarked} does not show whether it was written, and its configuration lies on a filesystem that is "
                                + "not known to be shared, where a start on another node may not take the note of a saved memory away"
                        ),
                () => Fact.NotLearned<string>("its configuration's directory is not there"),
                Fact.NotLearned<string>
            );
    }

    /// <summary>What an admin has to know of a memory whose disks do not all show that they were written; empty: nothing.</summary>
    /// <param name="domain">For the sentence.</param>
    /// <param name="file">The saved memory.</param>
    /// <param name="disks">The guest's writable disks.</param>
    public static string Caution(string domain, string file, IReadOnlyList<MarkedFile> disks)
    {
        ArgumentNullException.ThrowIfNull(disks);
        return Unmarked(disks) is string unmarked
            ? $"Its disk {unmarked} does not show whether it was written: until the resource is started, start {domain} by no other means "
                + $"(virsh), or delete {file} before"
            : "";
    }

    private static string? Unmarked(IReadOnlyList<MarkedFile> disks) =>
        disks.Where(disk => disk.Mark is null).Select(disk => disk.Path).FirstOrDefault();
}
