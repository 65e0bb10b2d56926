using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HaAgent.Core.Cluster.Verifying;

namespace HaAgent.Setup.Verifying;

/// <summary>
/// One TCP connection to the guest. Something is sent on it all the time; the guest's kernel acknowledges it, and ours knows when it last
/// heard of the guest (tcp(7), TCP_INFO). A guest that stands still, or whose network has not moved yet, is not heard of.
/// </summary>
internal sealed class GuestConnection : IDisposable
{
    private const int SolTcp = 6;
    private const int TcpInfo = 11;

    // struct tcp_info of linux/tcp.h: eight bytes, then 32-bit numbers.
    private const int LastDataReceived = 52;
    private const int LastAcknowledgementReceived = 56;
    private const int TcpInfoLength = 64;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BannerLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan SendEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>SSH_MSG_IGNORE with nothing in it (RFC 4253, 6 and 11.2): length, padding length, message, empty string, padding.</summary>
    private static readonly byte[] SshIgnore = [0, 0, 0, 12, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly Socket socket;
    private readonly byte[]? saying;
    private readonly TimeSpan resolution;
    private readonly CancellationTokenSource ending = new();
    private readonly Task watching;
    private TimeSpan longest;
    private volatile string? broken;

    private GuestConnection(Socket socket, byte[]? saying, string how)
    {
        this.socket = socket;
        this.saying = saying;
        How = how;
        Ends = $"{Written(socket.LocalEndPoint)} → {Written(socket.RemoteEndPoint)}";
        resolution = saying is null ? TimeSpan.FromSeconds(1.2) : TimeSpan.FromMilliseconds(200);
        _ = ListenAsync();
        watching = Task.Run(WatchAsync);
    }

    /// <summary>Both ends.</summary>
    public string Ends { get; }

    /// <summary>How signs of life are asked for.</summary>
    public string How { get; }

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
            throw new IOException($"{endpoint.Address} port {endpoint.Port}: {why}. Name another address or service with --address and --port", e);
        }
    }

    /// <summary>Ends the watch and says what was seen.</summary>
    public async Task<ConnectionReport> EndAsync()
    {
        // Long enough that an interruption at the very end shows.
        await Task.WhenAny(watching, Task.Delay(resolution + resolution));
        await ending.CancelAsync();
        await watching;
        return new ConnectionReport(Ends, longest, resolution, broken);
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
            return await socket.ReceiveAsync(banner, SocketFlags.Peek, clock.Token) == banner.Length && banner.AsSpan().SequenceEqual("SSH-"u8);
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
            while (await socket.ReceiveAsync(buffer, SocketFlags.None, ending.Token) > 0)
            {
            }

            broken ??= "the guest closed it";
        }
        catch (SocketException e)
        {
            broken ??= e.Message;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The watch is over.
        }
    }

    private async Task WatchAsync()
    {
        var clock = Stopwatch.StartNew();
        TimeSpan heard = TimeSpan.Zero;
        TimeSpan sent = -SendEvery;
        while (!ending.IsCancellationRequested && broken is null)
        {
            if (saying is not null && clock.Elapsed - sent >= SendEvery)
            {
                sent = clock.Elapsed;
                Say();
            }

            TimeSpan last = clock.Elapsed - SinceHeard();
            if (last > heard)
            {
                Note(last - heard);
                heard = last;
            }

            await Task.Delay(Tick);
        }

        Note(clock.Elapsed - heard);
    }

    private void Note(TimeSpan gap) => longest = gap > longest ? gap : longest;

    private void Say()
    {
        try
        {
            // A full buffer is no failure: what is in it is being sent again and again.
            if (socket.Poll(0, SelectMode.SelectWrite))
                socket.Send(saying!);
        }
        catch (SocketException e)
        {
            broken ??= e.Message;
        }
    }

    private TimeSpan SinceHeard()
    {
        Span<byte> info = stackalloc byte[TcpInfoLength];
        try
        {
            if (socket.GetRawSocketOption(SolTcp, TcpInfo, info) < TcpInfoLength)
                return TimeSpan.Zero;
        }
        catch (SocketException e)
        {
            broken ??= e.Message;
            return TimeSpan.Zero;
        }

        uint data = BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(info[LastDataReceived..]) : BinaryPrimitives.ReadUInt32BigEndian(info[LastDataReceived..]);
        uint acknowledged = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(info[LastAcknowledgementReceived..]) : BinaryPrimitives.ReadUInt32BigEndian(info[LastAcknowledgementReceived..]);
        return TimeSpan.FromMilliseconds(Math.Min(data, acknowledged));
    }
}
