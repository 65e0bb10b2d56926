using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>What reading a configuration file gave: its bytes, or what is wrong as the end of a sentence that begins with the file's name.</summary>
internal readonly record struct ConfigContent(byte[]? Bytes, string Problem, ExitCode Code)
{
    /// <summary>Nothing is there.</summary>
    public bool IsMissing { get; init; }

    /// <summary>When it was last written, UTC; meaningful only with <see cref="Bytes"/>.</summary>
    public DateTime Written { get; init; }
}

/// <summary>Reads the domain's configuration without ever hanging on a FIFO or reading a device.</summary>
internal static unsafe class ConfigFile
{
    /// <summary>Reads a regular file of at most <see cref="DomainXml.MaximumBytes"/> bytes.</summary>
    public static ConfigContent Read(string path)
    {
        int fd;
        int error;
        fixed (byte* name = PathBytes(path))
        {
            fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
            error = Errno.Number;
        }

        if (fd < 0)
        {
            string why = System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error);
            return Unusable($"cannot be read ({why}). Is the shared volume mounted?") with { IsMissing = error == ENOENT || error == ENOTDIR };
        }

        using var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        if (KindProblem(fd) is string problem)
            return Unusable(problem);
        long length = RandomAccess.GetLength(file);
        if (length > DomainXml.MaximumBytes)
            return new ConfigContent(null, $"has {length} bytes; a domain configuration has at most {DomainXml.MaximumBytes}", ExitCode.Configured);
        try
        {
            byte[] bytes = new byte[length];
            int read = 0;
            while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is int count and > 0)
                read += count;
            return new ConfigContent(read == bytes.Length ? bytes : bytes[..read], "", ExitCode.Success) { Written = File.GetLastWriteTimeUtc(file) };
        }
        catch (IOException e)
        {
            return Unusable($"cannot be read ({e.Message})");
        }
    }

    /// <summary>A path as the NUL-terminated bytes of the C library.</summary>
    public static byte[] PathBytes(string path) => System.Text.Encoding.UTF8.GetBytes(path + "\0");

    private static ConfigContent Unusable(string problem) => new(null, problem, ExitCode.Installed);

    private static string? KindProblem(int fd)
    {
        Tmds.Linux.statx facts;
        byte empty = 0;
        if (statx(fd, &empty, AT_EMPTY_PATH, STATX_TYPE, &facts) < 0)
            return $"cannot be looked at ({Errno.Text()})";
        mode_t kind = (mode_t)(facts.stx_mode & (ushort)S_IFMT);
        if (kind == S_IFREG)
            return null;
        return kind == S_IFDIR ? "is a directory, not a file" : kind == S_IFIFO ? "is a FIFO, not a file" : "is a device or socket, not a file";
    }
}
