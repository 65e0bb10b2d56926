using System.Globalization;
using System.Text;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Core.Guest;

/// <summary>The users that root's libvirt runs QEMU as. Nobody else can have a process of theirs.</summary>
public sealed class QemuOwners
{
    /// <summary>Whom the distributions run QEMU as, when qemu.conf does not say (its "user": Debian, and Red Hat and SUSE).</summary>
    private static readonly string[] DefaultUsers = ["libvirt-qemu", "qemu"];

    private readonly HashSet<uint> _users = [0];
    private readonly string? _unknown;

    /// <summary>Root, qemu.conf's "user", and the distribution's.</summary>
    /// <param name="qemuConf">The text of qemu.conf; absent: there is none.</param>
    /// <param name="passwd">The text of /etc/passwd: a name service may be as far away as the volume.</param>
    /// <param name="libDirectory">
    /// Who owns the directory that libvirt, when it starts, gives to the user as whom it runs QEMU (/var/lib/libvirt/qemu): that is the
    /// number of a user whom only a name service knows.
    /// </param>
    public QemuOwners(Fact<string> qemuConf, Fact<string> passwd, Fact<uint> libDirectory)
    {
        if (qemuConf.IsNotLearned(out string? why) || passwd.IsNotLearned(out why))
            _unknown = why;
        string? configured = qemuConf.IsKnown(out string? conf) ? LibvirtConf.GetString(conf, "user") : null;

        // "+107" and "107" are a number, whatever users are called (qemu.conf, "user").
        bool isFound = string.IsNullOrEmpty(configured);
        if (TryNumber(configured?.TrimStart('+'), out uint number))
            isFound = _users.Add(number) || true;
        foreach (string line in (passwd.Value ?? "").Split('\n'))
        {
            string[] fields = line.Split(':');
            if (
                fields.Length <= 2
                || (fields[0] != configured && Array.IndexOf(DefaultUsers, fields[0]) < 0)
                || !TryNumber(fields[2], out uint id)
            )
                continue;
            _users.Add(id);
            isFound |= fields[0] == configured;
        }

        // Root's where libvirt has not been started since.
        if (!isFound && libDirectory.IsKnown(out uint owner) && owner != 0)
            isFound = _users.Add(owner) || true;
        if (!isFound)
            _unknown ??= $"the number of the user {configured}, as whom qemu.conf runs guests, is not in /etc/passwd";
    }

    /// <summary>Whether a process belongs to them alone; absent: somebody else has a part in it.</summary>
    /// <param name="status">
    /// /proc/PID/status. Real, effective, saved and filesystem user count: a program with the set-user-ID bit has one of them from its
    /// caller.
    /// </param>
    public Fact<bool> Own(string status)
    {
        uint[] users = Users(status);
        return users.Length == 0 ? Fact.NotLearned<bool>("its users cannot be read")
            : Array.TrueForAll(users, _users.Contains) ? Fact.Known(true)
            : _unknown is null ? Fact.Absent<bool>()
            : Fact.NotLearned<bool>(_unknown);
    }

    /// <summary>Whether a process is root's alone.</summary>
    /// <param name="status">/proc/PID/status.</param>
    public static bool IsRoots(string status) => Users(status) is [_, ..] users && Array.TrueForAll(users, user => user == 0);

    private static uint[] Users(string status)
    {
        foreach (string line in status.Split('\n'))
        {
            if (!line.StartsWith("Uid:", StringComparison.Ordinal))
                continue;
            string[] fields = line["Uid:".Length..].Split('\t', StringSplitOptions.RemoveEmptyEntries);
            uint[] users = new uint[fields.Length];
            for (int i = 0; i < fields.Length; i++)
            {
                if (!TryNumber(fields[i], out users[i]))
                    return [];
            }

            return users;
        }

        return [];
    }

    private static bool TryNumber(string? text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>The control groups that libvirt makes for guests (libvirt, "Control Groups Resource Management").</summary>
public static class QemuCgroup
{
    /// <summary>
    /// Whether a process lies in one. Counted from the root of the hierarchy and by whole names: below its own session a user may make
    /// groups of any name.
    /// </summary>
    /// <param name="cgroup">/proc/PID/cgroup: "0::/machine.slice/machine-qemu\x2d1\x2dvm1.scope/libvirt/emulator".</param>
    public static bool IsLibvirts(string cgroup)
    {
        foreach (string line in cgroup.Split('\n'))
        {
            // HIERARCHY:CONTROLLERS:PATH; the path may have colons.
            string[] fields = line.Split(':', 3);
            if (fields is [_, _, ['/', .. var path]] && (IsScope(path.Split('/')) || IsGroup(path.Split('/'))))
                return true;
        }

        return false;
    }

    /// <summary>machine.slice/machine-qemu\x2d1\x2dvm1.scope where systemd is; each slice bears its parent's name (systemd.slice(5)). Users
    /// have services and scopes of their own in user.slice, but slices are made by systemd for root alone.</summary>
    private static bool IsScope(string[] names)
    {
        string parent = "";
        foreach (string name in names)
        {
            if (!name.EndsWith(".slice", StringComparison.Ordinal))
            {
                return parent.Length > 0
                    && name.StartsWith(@"machine-qemu\x2d", StringComparison.Ordinal)
                    && name.EndsWith(".scope", StringComparison.Ordinal);
            }

            string slice = name[..^".slice".Length];
            if (slice == "user" || (parent.Length > 0 && !slice.StartsWith(parent + "-", StringComparison.Ordinal)))
                return false;
            parent = slice;
        }

        return false;
    }

    /// <summary>machine/qemu-1-vm1.libvirt-qemu where it is not, or a chain of NAME.partition instead of "machine".</summary>
    private static bool IsGroup(string[] names)
    {
        for (int i = 0; i < names.Length; i++)
        {
            if (i > 0 && names[i].EndsWith(".libvirt-qemu", StringComparison.Ordinal))
                return true;
            if (!names[i].EndsWith(".partition", StringComparison.Ordinal) && !(i == 0 && names[i] == "machine"))
                return false;
        }

        return false;
    }
}

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
