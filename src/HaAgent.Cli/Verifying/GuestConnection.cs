using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HaAgent.Cli.Verifying;

/// <summary>
/// One TCP connection to the guest. What is sent on it, the guest's kernel acknowledges, and ours knows when it last heard of the guest
/// (tcp(7), TCP_INFO). A guest that stands still, or whose network has not moved yet, is not heard of.
/// </summary>
internal sealed class GuestConnection : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BannerLimit = TimeSpan.FromSeconds(2);

    /// <summary>SSH_MSG_IGNORE with nothing in it (RFC 4253, 6 and 11.2): length, padding length, message, empty string, padding.</summary>
    private static readonly byte[] SshIgnore = [0, 0, 0, 12, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly Socket socket;
    private readonly byte[]? saying;
    private readonly CancellationTokenSource ending = new();
    private volatile string? broken;

    private GuestConnection(Socket socket, byte[]? saying, string how)
    {
        this.socket = socket;
        this.saying = saying;
        How = how;
        Ends = $"{Written(socket.LocalEndPoint)} → {Written(socket.RemoteEndPoint)}";
        _ = ListenAsync();
    }

    /// <summary>Both ends.</summary>
    public string Ends { get; }

    /// <summary>How signs of life are asked for.</summary>
    public string How { get; }

    /// <summary>Gaps shorter than this cannot be seen.</summary>
    public TimeSpan Resolution => saying is null ? TimeSpan.FromSeconds(1.2) : TimeSpan.FromMilliseconds(200);

    /// <summary>The other end is an SSH server: it hangs up on those who do not log in (sshd_config(5), LoginGraceTime).</summary>
    public bool HangsUp => saying == SshIgnore;

    /// <summary>Why it ended; null when it is still open.</summary>
    public string? Broken => broken;

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">It cannot; the message says why.</exception>
    public static async Task<GuestConnection> OpenAsync(GuestEndpoint endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using (var clock = new CancellationTokenSource(ConnectLimit))
                await socket.ConnectAsync(endpoint.Address, endpoint.Port, clock.Token);
            if (endpoint.Send is { } line)
                return new GuestConnection(socket, Encoding.UTF8.GetBytes(line + "\n"), "a line every 100 ms");
            if (await IsSshAsync(socket))
            {
                await socket.SendAsync("SSH-2.0-haagent_verify\r\n"u8.ToArray());
                return new GuestConnection(socket, SshIgnore, "SSH, a message every 100 ms");
            }

            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 1);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 120);
            return new GuestConnection(socket, null, "TCP keep-alive every second");
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            string why = e is SocketException ? e.Message : $"no answer within {ConnectLimit.TotalSeconds:0} s";
            throw new IOException(
                $"{endpoint.Address} port {endpoint.Port}: {why}. Name another address or service with --address and --port",
                e
            );
        }
    }

    /// <summary>Sends something, where it is not the kernel that does (keep-alive).</summary>
    public void Say()
    {
        try
        {
            // A full buffer is no failure: what is in it is being sent again and again.
            if (saying is not null && socket.Poll(0, SelectMode.SelectWrite))
                socket.Send(saying);
        }
        catch (SocketException e)
        {
            broken ??= e.Message;
        }
    }

    /// <summary>How long ago the guest was last heard of.</summary>
    public TimeSpan SinceHeard()
    {
        try
        {
            return TcpInfo.SinceHeard(socket);
        }
        catch (SocketException e)
        {
            broken ??= e.Message;
            return TimeSpan.Zero;
        }
    }

    public void Dispose()
    {
        ending.Cancel();
        socket.Dispose();
        ending.Dispose();
    }

    // A socket for both families writes IPv4 addresses in IPv6.
    private static string Written(EndPoint? end) =>
        end is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port).ToString() : $"{end}";

    private static async Task<bool> IsSshAsync(Socket socket)
    {
        var banner = new byte[4];
        using var clock = new CancellationTokenSource(BannerLimit);
        try
        {
            return await socket.ReceiveAsync(banner, SocketFlags.Peek, clock.Token) == banner.Length
                && banner.AsSpan().SequenceEqual("SSH-"u8);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // What the guest says is of no interest, only that it says it, and whether it hangs up.
    private async Task ListenAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, SocketFlags.None, ending.Token) > 0) { }

            broken ??= "the guest closed it";
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException || ending.IsCancellationRequested)
        {
            // We closed it.
        }
        catch (SocketException e)
        {
            broken ??= e.Message;
        }
    }
}

/// <summary>Where to connect to a guest.</summary>
/// <param name="Address">Name or IP address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Send">A line to send again and again; null: SSH where that is what answers, else keep-alive.</param>
internal sealed record GuestEndpoint(string Address, int Port, string? Send);

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
