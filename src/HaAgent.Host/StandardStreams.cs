using System.Text;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>stdout and stderr by write(2): System.Console sets up encodings and terminals, which costs more than a whole monitor needs.</summary>
internal static unsafe class StandardStreams
{
    public static void Out(string text) => Write(1, text);

    public static void Error(string text) => Write(2, text);

    /// <summary>What standard error takes at once: a pipe that is full gets nothing.</summary>
    public static void ErrorWithoutWaiting(string text)
    {
        // Up to PIPE_BUF bytes are taken whole or not at all (pipe(7)), and do not wait where poll(2) says so.
        const int atomic = 4096;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var ready = new Tmds.Linux.pollfd { fd = 2, events = (short)POLLOUT };
        if (poll(&ready, 1, 0) <= 0)
            return;
        fixed (byte* start = bytes)
        {
            _ = write(2, start, Math.Min(bytes.Length, atomic));
        }
    }

    private static void Write(int stream, string text)
    {
        ReadOnlySpan<byte> left = Encoding.UTF8.GetBytes(text);
        while (!left.IsEmpty)
        {
            long written;
            fixed (byte* bytes = left)
            {
                written = (long)write(stream, bytes, left.Length);
            }

            // A reader that went away is not our failure.
            if (written <= 0)
                return;
            left = left[(int)written..];
        }
    }
}
