using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using HaAgent.Host.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>What reading a configuration file gave: its bytes, or what is wrong as the end of a sentence that begins with the file's
/// name.</summary>
internal readonly record struct ConfigContent(byte[]? Bytes, string Problem, ExitCode Code)
{
    /// <summary>Nothing is there.</summary>
    public bool IsMissing { get; init; }

    /// <summary>When it was last written, UTC; meaningful only with <see cref="Bytes"/>.</summary>
    public DateTime Written { get; init; }
}

/// <summary>Reads the domain's configuration without ever hanging on a FIFO or reading a device.</summary>
internal static class ConfigFile
{
    /// <summary>Reads a regular file of at most <see cref="DomainXml.MaximumBytes"/> bytes.</summary>
    /// <exception cref="IOException">What is there could not be learned: its volume fails.</exception>
    public static ConfigContent Read(string path)
    {
        int fd = Posix.Open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, out int error);
        if (fd < 0)
        {
            if (!Errno.IsOfThePath(error))
                throw new IOException(Errno.Text(error));
            return Unusable($"cannot be read ({Errno.Text(error)}). Is the shared volume mounted?") with
            {
                IsMissing = error == ENOENT || error == ENOTDIR,
            };
        }

        using var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        if (KindProblem(fd) is string problem)
            return Unusable(problem);
        long length = RandomAccess.GetLength(file);
        if (length > DomainXml.MaximumBytes)
            return new ConfigContent(
                null,
                $"has {length} bytes; a domain configuration has at most {DomainXml.MaximumBytes}",
                ExitCode.Configured
            );
        byte[] bytes = new byte[length];
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is int count and > 0)
            read += count;
        return new ConfigContent(read == bytes.Length ? bytes : bytes[..read], "", ExitCode.Success)
        {
            Written = File.GetLastWriteTimeUtc(file),
        };
    }

    /// <summary>The text of a configuration file of this node, one char per byte; absent: there is none. One that cannot be read says
    /// nothing of what is in it.</summary>
    public static Fact<string> ReadText(string path)
    {
        int fd = Posix.Open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, out int error);
        if (fd < 0)
            return error == ENOENT || error == ENOTDIR
                ? Fact.Absent<string>()
                : Fact.NotLearned<string>($"{path} cannot be read ({Errno.Text(error)})");
        using var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        try
        {
            if (KindProblem(fd) is string problem)
                return Fact.NotLearned<string>($"{path} {problem}");
            long length = RandomAccess.GetLength(file);
            if (length > DomainXml.MaximumBytes)
                return Fact.NotLearned<string>($"{path} has {length} bytes, which is more than is read");
            byte[] bytes = new byte[length];
            int read = 0;
            while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is int count and > 0)
                read += count;
            return Fact.Known(Encoding.Latin1.GetString(bytes, 0, read));
        }
        catch (IOException e)
        {
            return Fact.NotLearned<string>($"{path} cannot be read ({e.Message})");
        }
    }

    private static ConfigContent Unusable(string problem) => new(null, problem, ExitCode.Installed);

    private static string? KindProblem(int fd)
    {
        if (!Posix.FileType(fd, out mode_t kind, out int error))
            throw new IOException(Errno.Text(error));
        if (kind == S_IFREG)
            return null;
        return kind == S_IFDIR ? "is a directory, not a file"
            : kind == S_IFIFO ? "is a FIFO, not a file"
            : "is a device or socket, not a file";
    }
}

/// <summary>
/// Files of KEY=VALUE as sysconfig and os-release(5) have them, which are meant for a shell: read as text and never run. Of two equal keys
/// the last counts.
/// </summary>
internal static class KeyValueText
{
    /// <summary>The keys and values. Lines that are no assignment are left out.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var values = new Dictionary<string, string>();
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Trim();
            if (line.StartsWith("export ", StringComparison.Ordinal))
                line = line["export ".Length..].TrimStart();
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[..equals].All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                values[line[..equals]] = Value(line[(equals + 1)..]);
        }

        return values;
    }

    private static string Value(string text)
    {
        var value = new StringBuilder();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote == '\0' && (char.IsWhiteSpace(c) || c is ';' or '&'))
                break;
            if (quote == '\0' && c is '"' or '\'')
                quote = c;
            else if (c == quote)
                quote = '\0';
            else if (c == '\\' && quote != '\'' && i + 1 < text.Length)
                value.Append(text[++i]);
            else
                value.Append(c);
        }

        return value.ToString();
    }
}
