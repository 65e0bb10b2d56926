using System.Text;

namespace HaAgent.Core.Guest;

/// <summary>virDomainState (libvirt-domain.h). An integer that this library does not know becomes <see cref="Unknown"/>, never another
/// state.</summary>
public enum DomainState
{
    NoState = 0,
    Running = 1,
    Blocked = 2,
    Paused = 3,
    Shutdown = 4,
    ShutOff = 5,
    Crashed = 6,
    PmSuspended = 7,
    Unknown = -1,
}

/// <summary>virDomainPausedReason (libvirt-domain.h).</summary>
public enum PausedReason
{
    Unknown = 0,
    User = 1,
    Migration = 2,
    Save = 3,
    Dump = 4,
    IoError = 5,
    Watchdog = 6,
    FromSnapshot = 7,
    ShuttingDown = 8,
    Snapshot = 9,
    Crashed = 10,
    StartingUp = 11,
    PostCopy = 12,
    PostCopyFailed = 13,
    ApiError = 14,
}

/// <summary>The text of a configuration file as libvirt takes it: UTF-8, without a byte order mark and without a declaration that names
/// another encoding.</summary>
public static class DomainText
{
    /// <summary>Decodes a document that <see cref="DomainXml.Parse(ReadOnlyMemory{byte}, out string)"/> has accepted.</summary>
    public static string Decode(byte[] content)
    {
        using var reader = new StreamReader(new MemoryStream(content), Declared(content), detectEncodingFromByteOrderMarks: true);
        string text = reader.ReadToEnd().TrimStart();
        if (!text.StartsWith("<?xml", StringComparison.Ordinal))
            return text;
        int end = text.IndexOf("?>", StringComparison.Ordinal);
        return end < 0 ? text : text[(end + 2)..].TrimStart();
    }

    /// <summary>The encoding of the XML declaration; UTF-8 when there is none.</summary>
    private static Encoding Declared(byte[] content)
    {
        string head = Encoding.Latin1.GetString(content, 0, Math.Min(content.Length, 200));
        int at = head.IndexOf("encoding=", StringComparison.Ordinal);
        int end = head.IndexOf("?>", StringComparison.Ordinal);
        if (!head.StartsWith("<?xml", StringComparison.Ordinal) || at < 0 || at > end)
            return Encoding.UTF8;
        string name = head[(at + "encoding=".Length)..end].Trim(' ', '"', '\'');
        return
            name.StartsWith("iso-8859-1", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("latin1", StringComparison.OrdinalIgnoreCase)
            ? Encoding.Latin1
            : Encoding.UTF8;
    }
}
