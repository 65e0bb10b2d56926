using System.Text.Json.Serialization;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Host.Child;

/// <summary>What a child process is asked to do because it may never come back: a closed choice.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(ReadConfiguration), "read-configuration")]
[JsonDerivedType(typeof(LookAtLockspace), "look-at-lockspace")]
[JsonDerivedType(typeof(AskLeases), "ask-leases")]
[JsonDerivedType(typeof(AskImages), "ask-images")]
[JsonDerivedType(typeof(LookAtPath), "look-at-path")]
[JsonDerivedType(typeof(IdentifyPaths), "identify-paths")]
[JsonDerivedType(typeof(DeleteFile), "delete-file")]
[JsonDerivedType(typeof(MoveFile), "move-file")]
[JsonDerivedType(typeof(ReplaceImage), "replace-image")]
[JsonDerivedType(typeof(WriteText), "write-file")]
[JsonDerivedType(typeof(FindProcess), "find-process")]
[JsonDerivedType(typeof(FindConfused), "find-confused")]
[JsonDerivedType(typeof(ListGuests), "list-guests")]
internal abstract record ChildRequest;

/// <summary>Reads the domain's configuration: answered by <see cref="ConfigurationContent"/>.</summary>
internal sealed record ReadConfiguration(string Path) : ChildRequest;

/// <summary>Looks at the lockspace directory: answered by <see cref="LockspaceSeen"/>.</summary>
internal sealed record LookAtLockspace(string Path) : ChildRequest;

/// <summary>Asks who holds virtlockd's lock of each of these files: answered by <see cref="LeasesSeen"/>.</summary>
internal sealed record AskLeases(IReadOnlyList<string> Files) : ChildRequest;

/// <summary>Asks whether a QEMU holds its own lock of each of these images: answered by <see cref="ImagesSeen"/>.</summary>
internal sealed record AskImages(IReadOnlyList<string> Files) : ChildRequest;

/// <summary>Looks at what is at a path: answered by <see cref="PathSeen"/>.</summary>
internal sealed record LookAtPath(string Path) : ChildRequest;

/// <summary>Finds out which file or device each of these paths leads to: answered by <see cref="PathsIdentified"/>.</summary>
internal sealed record IdentifyPaths(IReadOnlyList<string> Paths) : ChildRequest;

/// <summary>Removes a file, if it is there: answered by <see cref="Finished"/>.</summary>
internal sealed record DeleteFile(string Path) : ChildRequest;

/// <summary>Renames a file, never over another: where the new name is taken a number is added to it. Answered by
/// <see cref="FileMoved"/>.</summary>
internal sealed record MoveFile(string From, string To) : ChildRequest;

/// <summary>Puts a new disk image in the place of one that nobody uses: answered by <see cref="ImageReplaced"/>.</summary>
/// <param name="Image">The old image, which need not be there.</param>
/// <param name="Made">The new one, beside it.</param>
/// <param name="Lease">The lease file that is held meanwhile; null: the disk has none.</param>
internal sealed record ReplaceImage(string Image, string Made, string? Lease) : ChildRequest;

/// <summary>Writes a file, whole or not at all, unless it has this content: answered by <see cref="Finished"/>.</summary>
internal sealed record WriteText(string Path, string Text) : ChildRequest;

/// <summary>Searches /proc for a guest's QEMU: answered by <see cref="ProcessSeen"/>.</summary>
internal sealed record FindProcess(string Name, string? Uuid) : ChildRequest;

/// <summary>Searches /proc for another guest of the same name or UUID, leaving out what libvirt filed under another name: answered by
/// <see cref="GuestsSeen"/>.</summary>
internal sealed record FindConfused(string Name, string? Uuid) : ChildRequest;

/// <summary>Searches /proc for every guest: answered by <see cref="GuestsSeen"/>.</summary>
internal sealed record ListGuests : ChildRequest;

/// <summary>What a child process answers: a closed choice.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "says")]
[JsonDerivedType(typeof(ConfigurationContent), "configuration")]
[JsonDerivedType(typeof(LockspaceSeen), "lockspace")]
[JsonDerivedType(typeof(LeasesSeen), "leases")]
[JsonDerivedType(typeof(ImagesSeen), "images")]
[JsonDerivedType(typeof(PathSeen), "path")]
[JsonDerivedType(typeof(PathsIdentified), "identities")]
[JsonDerivedType(typeof(Finished), "finished")]
[JsonDerivedType(typeof(FileMoved), "moved")]
[JsonDerivedType(typeof(ImageReplaced), "replaced")]
[JsonDerivedType(typeof(ProcessSeen), "process")]
[JsonDerivedType(typeof(GuestsSeen), "guests")]
[JsonDerivedType(typeof(Broken), "broken")]
internal abstract record ChildAnswer;

internal sealed record ConfigurationContent(ConfigContent Content) : ChildAnswer;

internal sealed record LockspaceSeen(LockspaceFacts Lockspace) : ChildAnswer;

/// <summary>In the order of the files.</summary>
internal sealed record LeasesSeen(IReadOnlyList<LeaseState> Leases) : ChildAnswer;

/// <summary>In the order of the files; null where it could not be asked.</summary>
internal sealed record ImagesSeen(IReadOnlyList<bool?> InUse) : ChildAnswer;

/// <summary>What is at a path.</summary>
/// <param name="Kind">Nothing, a regular file or what else.</param>
/// <param name="Length">Of a regular file, in bytes.</param>
/// <param name="Mark">Of a regular file: what is another when it is written, or another file (<see cref="MarkedFile"/>).</param>
internal sealed record PathSeen(FileKind Kind, long Length = 0, string? Mark = null) : ChildAnswer;

/// <summary>In the order of the paths.</summary>
internal sealed record PathsIdentified(IReadOnlyList<PathIdentity> Identities) : ChildAnswer;

/// <summary>Which file or device it is.</summary>
/// <param name="Text">The same for the same; null: nothing is there, or it could not be found out.</param>
/// <param name="Problem">Why it could not be found out; null: it could.</param>
/// <param name="Over">What is under a device, by its texts; null: nothing.</param>
/// <param name="KernelNames">Of a device and those under it; null: it is none.</param>
internal readonly record struct PathIdentity(
    string? Text,
    string? Problem,
    IReadOnlyList<string>? Over = null,
    IReadOnlyList<string>? KernelNames = null
)
{
    /// <summary>As a fact.</summary>
    [JsonIgnore]
    public Fact<DiskPlace> Fact =>
        Problem is not null ? Core.Node.Fact.NotLearned<DiskPlace>(Problem)
        : Text is not null ? Core.Node.Fact.Known(new DiskPlace(Text, Over ?? []) { KernelNames = KernelNames ?? [] })
        : Core.Node.Fact.Absent<DiskPlace>();
}

/// <summary>How a change ended.</summary>
/// <param name="Problem">Why it was not made; null: it was.</param>
/// <param name="Changed">There was anything to change.</param>
internal sealed record Finished(string? Problem, bool Changed) : ChildAnswer;

/// <summary>How a file was renamed.</summary>
/// <param name="Problem">Why it was not; null: it was.</param>
/// <param name="To">Its new name.</param>
internal sealed record FileMoved(string? Problem, string To) : ChildAnswer;

/// <summary>How an image was replaced.</summary>
/// <param name="Problem">Why it was not; null: it was.</param>
internal sealed record ImageReplaced(string? Problem) : ChildAnswer
{
    /// <summary>A QEMU has the old one open for writing.</summary>
    public bool IsInUse { get; init; }

    /// <summary>Somebody holds its lease.</summary>
    public bool IsLeaseTaken { get; init; }
}

/// <summary>A guest's process.</summary>
/// <param name="Pid">0: no process of this node carries the guest.</param>
/// <param name="StartTime">Clock ticks since boot, which together with the pid name one process.</param>
internal sealed record ProcessSeen(int Pid, long StartTime) : ChildAnswer;

internal sealed record GuestsSeen(IReadOnlyList<GuestProcess> Guests) : ChildAnswer;

/// <summary>It could not be done for another reason than the volume.</summary>
internal sealed record Broken(string Why) : ChildAnswer;

/// <summary>What is at a path.</summary>
internal enum FileKind
{
    /// <summary>It could not be found out.</summary>
    Unknown,

    /// <summary>Nothing is.</summary>
    Absent,
    RegularFile,
    Directory,

    /// <summary>A device, a FIFO or a socket.</summary>
    Special,
}

/// <summary>Reads and writes them without reflection.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChildRequest))]
[JsonSerializable(typeof(ChildAnswer))]
internal sealed partial class ChildJson : JsonSerializerContext;
