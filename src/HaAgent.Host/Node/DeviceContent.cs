using System.Text.Json;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Node;

/// <summary>
/// What lies on a device. A signature says that something is there; that there is none says nothing: a database's raw volume and an
/// encrypted disk without a header bear none. Only a device that reads as zeros is one on which nobody ever wrote anything.
/// </summary>
internal static class DeviceContent
{
    /// <summary>At both ends, where filesystems, partition tables, RAID and LVM keep what they are known by.</summary>
    private const int EndBytes = 4 * 1024 * 1024;

    /// <summary>Between them, evenly spread.</summary>
    private const int Samples = 512;
    private const int SampleBytes = 64 * 1024;

    /// <summary>Whether it reads as zeros, at both ends and at many places between.</summary>
    /// <param name="path">The device.</param>
    /// <param name="size">In bytes.</param>
    /// <exception cref="IOException">It cannot be read, or has no medium.</exception>
    public static bool IsBlank(string path, long size)
    {
        int fd = Posix.Open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, out int error);
        if (fd < 0)
            throw new IOException($"it cannot be opened ({Errno.Text(error)})");
        using var device = new SafeFileHandle(fd, ownsHandle: true);
        return IsBlank(device, size);
    }

    /// <summary>Whether it reads as zeros, at both ends and at many places between.</summary>
    /// <param name="device">The device, open for reading.</param>
    /// <param name="size">In bytes.</param>
    /// <exception cref="IOException">It cannot be read, or has no medium.</exception>
    public static bool IsBlank(SafeFileHandle device, long size)
    {
        if (size <= 0)
            throw new IOException("the device has no medium");

        // Another node may have written what this one remembers as zeros.
        Posix.Forget((int)device.DangerousGetHandle());
        var buffer = new byte[EndBytes];
        bool zeros = IsZero(device, buffer, 0, size);
        zeros &= IsZero(device, buffer, Math.Max(0, size - EndBytes), size);
        Span<byte> sample = buffer.AsSpan(0, SampleBytes);
        long between = size - (2L * EndBytes);
        for (int i = 0; zeros && between > 0 && i < Samples; i++)
            zeros = IsZero(device, sample, EndBytes + (long)((Int128)between * i / Samples / SampleBytes * SampleBytes), size);
        return zeros;
    }

    /// <summary>The types of the filesystems, partition tables and so on that have a signature on it, each once.</summary>
    /// <exception cref="IOException">wipefs failed, was cut, or said something else: what lies on the device is not known.</exception>
    public static IReadOnlyList<string> Signatures(string device, Deadline deadline) =>
        Signatures(Command.Run(deadline, "wipefs", ["--no-act", "--json", "--", device]));

    /// <summary>The types in what <c>wipefs --no-act --json</c> said.</summary>
    internal static IReadOnlyList<string> Signatures(CommandResult wipefs)
    {
        if (!wipefs.Succeeded)
            throw new IOException($"wipefs failed: {wipefs.Reason}");
        try
        {
            // An empty device is said so; no word at all is no answer.
            using var answer = JsonDocument.Parse(wipefs.Output);
            return
            [
                .. answer
                    .RootElement.GetProperty("signatures")
                    .EnumerateArray()
                    .Select(found => found.GetProperty("type").GetString() ?? throw new JsonException("a signature without a type"))
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new IOException("wipefs gave an answer that haagent cannot read", e);
        }
    }

    private static bool IsZero(SafeFileHandle device, Span<byte> buffer, long from, long size)
    {
        Span<byte> wanted = buffer[..(int)Math.Min(buffer.Length, size - from)];
        int read = 0;
        while (read < wanted.Length)
        {
            int count = RandomAccess.Read(device, wanted[read..], from + read);
            if (count <= 0)
                throw new IOException("it ends before its end");
            read += count;
        }

        return !wanted.ContainsAnyExcept((byte)0);
    }
}
