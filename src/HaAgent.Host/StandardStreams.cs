using System.Text;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>stdout and stderr by write(2): System.Console sets up encodings and terminals, which costs more than a whole monitor needs.</summary>
internal static unsafe class StandardStreams
{
    public static void Out(string text) => Write(1, text);

    public static void Error(string text) => Write(2, text);

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
