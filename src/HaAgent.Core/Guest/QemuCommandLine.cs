using System.Text;

namespace HaAgent.Core.Guest;

/// <summary>
/// Which guest a process carries, from /proc/PID/cmdline: whole arguments, never a part of one. libvirt starts QEMU with
/// "-name guest=NAME,…" (commas in the name doubled) and "-uuid UUID".
/// </summary>
public static class QemuCommandLine
{
    /// <summary>Reads NUL-separated arguments.</summary>
    /// <returns>Null when they are not those of a QEMU that libvirt started.</returns>
    public static GuestIdentity? Parse(ReadOnlySpan<byte> arguments)
    {
        // Most processes end here, without an allocation.
        if (arguments.IndexOf("\0-uuid\0"u8) < 0 || arguments.IndexOf("\0-name\0"u8) < 0)
            return null;
        string? uuid = Value(arguments, "\0-uuid\0"u8);
        string? name = Value(arguments, "\0-name\0"u8);
        if (uuid is null || name is null || GuestIdentity.NormaliseUuid(uuid) is not string normal)
            return null;
        return new GuestIdentity(GuestName(name), normal);
    }

    private static string? Value(ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> option)
    {
        int at = arguments.IndexOf(option);
        ReadOnlySpan<byte> rest = arguments[(at + option.Length)..];
        int end = rest.IndexOf((byte)0);
        return end < 0 ? null : Encoding.UTF8.GetString(rest[..end]);
    }

    private static string GuestName(string option)
    {
        string text = option.StartsWith("guest=", StringComparison.Ordinal) ? option["guest=".Length..] : option;
        var name = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == ',' && (i + 1 == text.Length || text[i + 1] != ','))
                break;
            if (text[i] == ',')
                i++;
            name.Append(text[i]);
        }

        return name.ToString();
    }
}
