using HaAgent.Core.Node;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>
/// Files that only root can have written, and that are believed for that. Whatever else lies at the path was put there by somebody, or by
/// mistake: it is opened without waiting, and says nothing.
/// </summary>
internal static class RootFile
{
    private const int WritableByOthers = 0x12; // S_IWGRP | S_IWOTH
    private const int SetId = 0xC00; // S_ISUID | S_ISGID

    /// <summary>Reads one. Absent: there is none; not learned: it is somebody else's, or cannot be read.</summary>
    /// <param name="path">Where; the directory is the caller's to judge (<see cref="SeeDirectory"/>).</param>
    /// <param name="most">In bytes.</param>
    public static Fact<FileContent> Read(string path, int most) =>
        RegularFile.Read(
            path,
            most,
            follow: false,
            facts => facts.stx_uid != 0 || (facts.stx_mode & WritableByOthers) != 0 ? "is not root's alone" : null
        );

    /// <summary>Whether nobody but root can put anything into a directory, or another directory into its place; absent: it is not
    /// there.</summary>
    /// <param name="directory">Its path, without symbolic links.</param>
    public static Fact<bool> SeeDirectory(string directory)
    {
        for (int end = 0; end >= 0; )
        {
            end = directory.IndexOf('/', end + 1);
            string path = end < 0 ? directory : directory[..end];
            int fd = Posix.Open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, out int error);
            if (fd < 0)
                return error == ENOENT ? Fact.Absent<bool>() : Fact.NotLearned<bool>($"{path} cannot be opened ({Errno.Text(error)})");
            using var handle = new SafeFileHandle(fd, ownsHandle: true);
            if (!Posix.Stat(fd, out Tmds.Linux.statx facts, out error))
                return Fact.NotLearned<bool>($"{path} cannot be looked at ({Errno.Text(error)})");

            // In a directory with the sticky bit, as /tmp, nobody can take away what is root's.
            bool isSticky = (facts.stx_mode & (ushort)S_ISVTX) != 0 && end >= 0;
            if (facts.stx_uid != 0 || ((facts.stx_mode & WritableByOthers) != 0 && !isSticky))
                return Fact.NotLearned<bool>($"{path} is not root's alone");
        }

        return Fact.Known(true);
    }

    /// <summary>Who owns a directory that lies in one of root's; absent: it is not there.</summary>
    /// <param name="directory">Its path, without symbolic links.</param>
    public static Fact<uint> OwnerOf(string directory) =>
        SeeDirectory(Path.GetDirectoryName(directory)!)
            .Then(_ =>
            {
                int fd = Posix.Open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, out int error);
                if (fd < 0)
                    return error == ENOENT ? Fact.Absent<uint>() : Fact.NotLearned<uint>($"{directory}: {Errno.Text(error)}");
                using var handle = new SafeFileHandle(fd, ownsHandle: true);
                return Posix.Stat(fd, out Tmds.Linux.statx facts, out error)
                    ? Fact.Known(facts.stx_uid)
                    : Fact.NotLearned<uint>($"{directory}: {Errno.Text(error)}");
            });

    /// <summary>
    /// Whether a program is one that only root can change, and that whoever starts it runs as themselves. Absent: it is gone, or it is one
    /// like sudo, which is root's process with the arguments of any user. QEMU has no set-user-ID bit.
    /// </summary>
    /// <param name="path">Its path; that of a process is a magic link (proc(5), /proc/PID/exe), which leads to the file itself also when it
    /// was replaced on disk meanwhile.</param>
    public static Fact<bool> SeeProgram(string path)
    {
        if (!Posix.Stat(path, out Tmds.Linux.statx facts, out int error))
            return error == ENOENT || error == ESRCH
                ? Fact.Absent<bool>()
                : Fact.NotLearned<bool>($"{path} cannot be looked at ({Errno.Text(error)})");
        if ((facts.stx_mode & SetId) != 0)
            return Fact.Absent<bool>();
        return (facts.stx_mode & (ushort)S_IFMT) == (ushort)S_IFREG && facts.stx_uid == 0 && (facts.stx_mode & WritableByOthers) == 0
            ? Fact.Known(true)
            : Fact.NotLearned<bool>($"{path} is a program that others than root can change");
    }
}
