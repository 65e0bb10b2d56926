using System.Globalization;
using System.Runtime.InteropServices;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>
/// The one writer of files that have to arrive whole: written beside the old one, made durable, then put in its place in one step. Whenever
/// it is cut off, and when the disk is full, the old file is there as it was. Through a symbolic link it changes the file that the link
/// leads to: whoever keeps it there would else be left with the old text. A link that others than root may have put there is refused.
/// </summary>
internal static class WholeFile
{
    /// <summary>For root alone.</summary>
    public const int OwnerOnly = 0x180;

    /// <summary>Everyone may read it.</summary>
    public const int EveryoneReads = 0x1A4;

    private const string Suffix = ".haagent-new";
    private const string Label = "security.selinux";
    private const int PermissionBits = 0xFFF;

    /// <summary>Writes a file.</summary>
    /// <param name="path">Which.</param>
    /// <param name="content">All of it.</param>
    /// <param name="newMode">Its mode, if it was not there; otherwise mode, owner and SELinux label stay.</param>
    /// <param name="like">The file whose mode, owner and label it gets instead; null: its own.</param>
    /// <param name="mustKeepLook">Whether it is not written where its owner cannot be kept, as on an NFS server that squashes root, or its
    /// label; what only root reads can do without.</param>
    /// <param name="follow">Whether a symbolic link is followed; otherwise it is replaced.</param>
    /// <exception cref="IOException">It was not written; what was there is there.</exception>
    public static void Write(
        string path,
        ReadOnlySpan<byte> content,
        int newMode,
        string? like = null,
        bool mustKeepLook = true,
        bool follow = true
    )
    {
        try
        {
            using HeldDirectory directory = HeldDirectory.Of(path, follow, out string name);
            Look? look = like is null ? LookOf(directory, name, follow) : LookOf(like, follow);
            RemoveLeftOvers(directory, name);
            string beside = string.Create(
                CultureInfo.InvariantCulture,
                $"{name}.{Environment.MachineName}.{Environment.ProcessId}{Suffix}"
            );
            try
            {
                using (SafeFileHandle handle = Create(directory[beside]))
                {
                    RandomAccess.Write(handle, content, 0);
                    Dress(handle, look, newMode, mustKeepLook);
                    RandomAccess.FlushToDisk(handle);
                }

                directory.Replace(beside, name);
            }
            finally
            {
                directory.Delete(beside);
            }

            directory.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} was not written: {e.Message}", e);
        }
    }

    /// <summary>Removes what a writer of this node left that was killed in its work. One that still works has its own name.</summary>
    public static void RemoveLeftOvers(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            return;
        using HeldDirectory directory = HeldDirectory.Of(path, follow: false, out string name);
        RemoveLeftOvers(directory, name);
    }

    private static void RemoveLeftOvers(HeldDirectory directory, string name)
    {
        string prefix = $"{name}.{Environment.MachineName}.";
        foreach (string other in Directory.EnumerateFiles(directory["."], $"*{Suffix}").Select(Path.GetFileName).OfType<string>())
        {
            if (
                other.StartsWith(prefix, StringComparison.Ordinal)
                && int.TryParse(other.AsSpan()[prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && (pid == Environment.ProcessId || !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}")))
            )
                directory.Delete(other);
        }
    }

    /// <summary>Whether nobody but root may put anything into a directory.</summary>
    public static bool IsRootsAlone(string directory)
    {
        const int writableByOthers = 0x12;
        return Posix.Stat(directory, out Tmds.Linux.statx facts) && facts.stx_uid == 0 && (facts.stx_mode & writableByOthers) == 0;
    }

    private static Look? LookOf(string path, bool linkIsFault)
    {
        using HeldDirectory directory = HeldDirectory.Of(path, follow: linkIsFault, out string name);
        return LookOf(directory, name, linkIsFault);
    }

    private static Look? LookOf(HeldDirectory directory, string name, bool linkIsFault)
    {
        string path = directory[name];
        using SafeFileHandle? file = RegularFile.Open(path, O_RDONLY, out Tmds.Linux.statx facts, out FileProblem problem, follow: false);
        if (file is null)
            return problem.Kind == FileProblemKind.Missing || (!linkIsFault && (facts.stx_mode & (ushort)S_IFMT) == (ushort)S_IFLNK)
                ? null
                : throw new IOException($"what is there {problem.Text}");
        return new Look(facts.stx_mode & PermissionBits, facts.stx_uid, facts.stx_gid, LabelOf(file));
    }

    private static byte[]? LabelOf(SafeFileHandle file)
    {
        var label = new byte[1024];
        nint size = Posix.GetAttribute(file, Label, label, (nuint)label.Length);
        return size > 0 ? label[..(int)size] : null;
    }

    private static SafeFileHandle Create(string path)
    {
        int fd = Posix.Open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, out int error, OwnerOnly);
        return fd < 0 ? throw new IOException(Errno.Text(error)) : new SafeFileHandle(fd, ownsHandle: true);
    }

    private static void Dress(SafeFileHandle file, Look? look, int newMode, bool mustKeepLook)
    {
        int fd = (int)file.DangerousGetHandle();
        if (look is not null && !Posix.SetOwner(fd, look.Owner, look.Group, out int error) && mustKeepLook)
            throw new IOException($"its owner cannot be kept: {Errno.Text(error)}");
        if (!Posix.SetMode(fd, look?.Mode ?? newMode, out error))
            throw new IOException($"its mode cannot be set: {Errno.Text(error)}");

        // Where there are labels a file without its own is one that its daemon may not read. A mount that gives every file its label (NFS,
        // -o context=) shows it and takes none.
        if (look?.Label is not { } label || LabelOf(file).AsSpan().SequenceEqual(label))
            return;
        if (
            Posix.SetAttribute(file, Label, label, (nuint)label.Length, 0) < 0
            && Marshal.GetLastPInvokeError() is int problem
            && problem != EOPNOTSUPP
            && mustKeepLook
        )
            throw new IOException($"its SELinux label cannot be kept: {Errno.Text(problem)}");
    }

    private sealed record Look(int Mode, uint Owner, uint Group, byte[]? Label);
}
