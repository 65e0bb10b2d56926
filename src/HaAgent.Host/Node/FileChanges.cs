using System.Globalization;
using System.Text;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Node;

/// <summary>Changes of files and directories: all of one or nothing of it, whenever it is cut off, and what was there stays when the disk
/// is full.</summary>
internal static class FileChanges
{
    private static readonly TimeSpan SeeLimit = TimeSpan.FromSeconds(70);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Makes a directory on a mounted volume.</summary>
    public static DoneReply Make(MakeDirectory change)
    {
        string path = Absolute(change.Path);
        string mount = Absolute(change.MountPoint);
        if (!path.StartsWith(mount.TrimEnd('/') + "/", StringComparison.Ordinal))
            throw new IOException($"{path} does not lie below {mount}");

        // Without the volume it would be a directory of this node alone, under the mount point.
        if (!HostMounts.IsMountPoint(mount, HostMounts.All()))
            throw new IOException($"nothing is mounted at {mount}");
        const int rootAlone = 0x1C0;
        using HeldDirectory made = HeldDirectory.Make(path, rootAlone);
        return new DoneReply();
    }

    /// <summary>Makes a directory with a mark.</summary>
    public static DoneReply Make(MarkDirectory change)
    {
        using (HeldDirectory.Make(Absolute(change.Path))) { }
        string mark = Mark(change.Path, change.MarkFile);
        if (Content(mark) is not { Length: > 0 })
            WholeFile.Write(mark, Encoding.ASCII.GetBytes($"{Guid.NewGuid()}\n"), WholeFile.EveryoneReads);
        return new DoneReply();
    }

    /// <summary>Waits until a mark is seen.</summary>
    public static DoneReply See(SeeMark change, Deadline deadline)
    {
        string mark = Mark(change.Path, change.MarkFile);
        return See(
            mark,
            content => content.Length > 0,
            _ => $"{mark}, made on another node, is not seen here: it is not the same filesystem",
            deadline.OrIn(SeeLimit)
        );
    }

    /// <summary>Waits until a file is seen as it was written.</summary>
    public static DoneReply See(SeeFile change, Deadline deadline) =>
        See(
            change.Path,
            content => NodeChange.Fingerprint(content) == change.After,
            isThere =>
                $"{change.Path}, written on another node, {(isThere ? "has another content" : "is not seen")} here: it is not the same "
                + "file",
            deadline.OrIn(SeeLimit)
        );

    private static DoneReply See(string path, Func<byte[], bool> isSo, Func<bool, string> problem, Deadline deadline)
    {
        while (true)
        {
            Fact<FileFact> seen = FileQuestions.Answer(new FilesQuestion([path]), deadline).Files[path];
            if (seen.IsKnown(out FileFact? file) && isSo(Encoding.Latin1.GetBytes(file.Text)))
                return new DoneReply();
            if (deadline.HasPassed)
                throw new IOException(
                    seen.IsNotLearned(out string? why) ? $"whether {path} is seen here is not known: {why}" : problem(file is not null)
                );
            Thread.Sleep(Pause);
        }
    }

    /// <summary>Gives a file a new content.</summary>
    public static DoneReply Write(WriteFile change, Deadline deadline)
    {
        if (NodeChange.Fingerprint(change.Content) != change.After)
            throw new IOException($"the content for {change.Path} did not arrive whole");
        string path = Absolute(change.Path);
        string[] removes = [.. change.Removes.Select(Absolute)];
        int newMode = Mode(change.NewMode);
        if (change.CopySuffix is { } word && (word.Length == 0 || word.AsSpan().IndexOfAny('/', '\0') >= 0))
            throw new IOException($"'{word}' is not the end of a file's name");
        byte[]? known = Content(path);

        // A guest's XML goes over XML, whole or broken, and over nothing else that may lie there.
        if (known is not null && !NodeFiles.IsWritten(path) && !NodeFiles.IsXml(known))
            throw new IOException($"{path} holds something else than a guest's XML; nothing was written");

        WholeFile.RemoveLeftOvers(path);
        string? copy = null;
        string? now = known is null ? null : NodeChange.Fingerprint(known);
        if (now != change.After)
        {
            if (now != change.Before)
                throw Changed(path);
            if (known is null && new FileInfo(path).LinkTarget is not null)
                throw new IOException($"{path} is a symbolic link to nothing");

            if (change.CopySuffix is { } suffix && known is not null)
                copy = Keep(path, suffix, known);
            using (HeldDirectory.Make(Path.GetDirectoryName(path)!)) { }
            WholeFile.Write(path, change.Content, newMode);
        }

        foreach (string other in removes)
            Delete(other);
        Reload(change.ReloadSystemd, deadline);
        return new DoneReply(copy);
    }

    // Of a setting what counts is what it was before the first change: teardown gives it back. Of a guest's XML every one may be the one
    // that somebody looks for.
    private static string? Keep(string path, string suffix, byte[] content)
    {
        for (int number = 1; ; number++)
        {
            string copy = path + suffix + (number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $".{number}"));
            if (Content(copy) is not { } kept)
            {
                WholeFile.Write(copy, content, WholeFile.OwnerOnly, like: path);
                return copy;
            }

            if (kept.AsSpan().SequenceEqual(content))
                return copy;
            if (NodeFiles.IsWritten(path))
                return null;
        }
    }

    /// <summary>Removes a file.</summary>
    public static DoneReply Remove(RemoveFile change, Deadline deadline)
    {
        string path = Absolute(change.Path);
        if (Content(path) is { } known)
        {
            if (NodeChange.Fingerprint(known) != change.Before)
                throw Changed(path);
            Delete(path);
        }

        if (change.WithDirectory)
            DeleteIfEmpty(Path.GetDirectoryName(path)!);
        Reload(change.ReloadSystemd, deadline);
        return new DoneReply();
    }

    /// <summary>Who may write into a directory may put a symbolic link into it that leads a change elsewhere: on the way to a file there is
    /// none but in directories that are root's alone.</summary>
    private static string Absolute(string path)
    {
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
            throw new IOException($"'{path}' is not an absolute path");
        for (int slash = path.IndexOf('/', 1); ; slash = path.IndexOf('/', slash + 1))
        {
            string part = slash < 0 ? path : path[..slash];
            if (Posix.ReadLink(part, out _) is not null && !WholeFile.IsRootsAlone(Path.GetDirectoryName(part)!))
                throw new IOException($"{part} is a symbolic link in a directory that others than root may write: it is not followed");
            if (slash < 0)
                return path;
        }
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(Path.GetDirectoryName(path)))
            HeldDirectory.DeleteAt(path);
    }

    private static void DeleteIfEmpty(string path)
    {
        if (!Directory.Exists(path))
            return;
        using HeldDirectory parent = HeldDirectory.Of(path, follow: false, out string name);
        if (!Posix.RemoveDirectory(parent[name], out int error) && error != ENOENT && error != ENOTEMPTY && error != EEXIST)
            throw new IOException($"{path} cannot be removed: {Errno.Text(error)}");
    }

    private static string Mark(string directory, string file) =>
        file.Length > 0 && !file.Contains('/', StringComparison.Ordinal) && file is not "." and not ".."
            ? Path.Combine(directory, file)
            : throw new IOException($"'{file}' is not a file's name");

    private static int Mode(string octal) =>
        octal.Length is 3 or 4 && octal.All(digit => digit is >= '0' and <= '7')
            ? Convert.ToInt32(octal, 8)
            : throw new IOException($"'{octal}' is not a mode");

    private static IOException Changed(string path) =>
        new($"{path} was changed by somebody else since haagent looked at it; nothing was written");

    private static void Reload(bool wanted, Deadline deadline)
    {
        if (!wanted)
            return;
        CommandResult result = Command.Run(deadline, "systemctl", ["daemon-reload"]);
        if (!result.Succeeded)
            throw new IOException($"systemctl daemon-reload failed: {result.Reason}");
    }

    /// <summary>A file's bytes; null: there is none.</summary>
    private static byte[]? Content(string path) =>
        RegularFile
            .Read(path, NodeProtocol.MostBytes)
            .Match<byte[]?>(content => content.Bytes, () => null, why => throw new IOException(why));
}
