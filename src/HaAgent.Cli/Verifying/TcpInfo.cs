using System.Buffers.Binary;
using System.Net.Sockets;

namespace HaAgent.Cli.Verifying;

/// <summary>What the kernel knows of a TCP connection (tcp(7), TCP_INFO).</summary>
internal static class TcpInfo
{
    private const int SolTcp = 6;
    private const int Option = 11;

    // struct tcp_info of linux/tcp.h: eight bytes, then 32-bit numbers in the machine's order.
    private const int LastDataReceived = 52;
    private const int LastAcknowledgementReceived = 56;
    private const int Length = 64;

    /// <summary>How long ago the other end was last heard of: data, or an acknowledgement of ours.</summary>
    /// <exception cref="SocketException">The connection is no more.</exception>
    public static TimeSpan SinceHeard(Socket socket)
    {
        Span<byte> info = stackalloc byte[Length];
        if (socket.GetRawSocketOption(SolTcp, Option, info) < Length)
            return TimeSpan.Zero;
        return TimeSpan.FromMilliseconds(Math.Min(Number(info[LastDataReceived..]), Number(info[LastAcknowledgementReceived..])));
    }

    private static uint Number(ReadOnlySpan<byte> bytes) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
