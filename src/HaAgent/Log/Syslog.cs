using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Log;

/// <summary>The local syslog socket (RFC 3164 as syslog(3) writes it). Never blocks: a full or missing /dev/log loses the line.</summary>
internal sealed unsafe class Syslog : IDisposable
{
    private const string SocketPath = "/dev/log";

    private static readonly string[] Facilities =
    [
        "kern",
        "user",
        "mail",
        "daemon",
        "auth",
        "syslog",
        "lpr",
        "news",
        "uucp",
        "cron",
        "authpriv",
        "ftp",
        "",
        "",
        "",
        "",
        "local0",
        "local1",
        "local2",
        "local3",
        "local4",
        "local5",
        "local6",
        "local7",
    ];

    private const int Daemon = 3;

    private readonly int _facility;
    private readonly int _socket;

    public Syslog(string? facility)
    {
        int known = string.IsNullOrEmpty(facility) ? Daemon : Array.IndexOf(Facilities, facility);
        _facility = known < 0 ? Daemon : known;
        _socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (_socket < 0)
            return;
        sockaddr_un address = default;
        address.sun_family = (ushort)AF_UNIX;
        byte[] path = Encoding.ASCII.GetBytes(SocketPath);
        for (int i = 0; i < path.Length; i++)
            address.sun_path[i] = path[i];
        _ = connect(_socket, (sockaddr*)&address, sizeof(sockaddr_un));
    }

    public void Send(LogLevel level, DateTime now, string line)
    {
        int severity = level switch
        {
            LogLevel.Critical or LogLevel.Error => 3,
            LogLevel.Warning => 4,
            LogLevel.Information => 6,
            LogLevel.Debug or LogLevel.Trace or LogLevel.None => 7,
        };
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"<{(_facility * 8) + severity}>{now:MMM} {now.Day, 2} {now:HH:mm:ss} {line}"
        );
        byte[] datagram = Encoding.UTF8.GetBytes(text);
        fixed (byte* bytes = datagram)
        {
            _ = send(_socket, bytes, datagram.Length, MSG_NOSIGNAL);
        }
    }

    public void Dispose() => _ = close(_socket);
}
