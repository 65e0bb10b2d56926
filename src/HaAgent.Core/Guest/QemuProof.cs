using System.Globalization;
using System.Text;
using HaAgent.Core.Locking;

namespace HaAgent.Core.Guest;

/// <summary>What the kernel says of a process whose arguments name a guest.</summary>
/// <param name="InPidFile">It is the one in libvirt's pid file for that guest, which only root writes.</param>
/// <param name="Status">/proc/PID/status.</param>
/// <param name="Cgroup">/proc/PID/cgroup.</param>
public readonly record struct QemuClaim(bool InPidFile, string Status, string Cgroup);

/// <summary>
/// Whether a process is the QEMU that libvirt started, or somebody's who gave it the same arguments. Any user can do that, also with the
/// real QEMU as program; what a user cannot have is libvirt's pid file, the user that libvirt runs QEMU as, or libvirt's control group. The
/// program's name is no proof, and its lack no counter-proof: an emulator may be a script or be called anything, and a guest that is taken
/// for gone is the worse error.
/// </summary>
public static class QemuProof
{
    /// <summary>Whom the distributions run QEMU as, when qemu.conf does not say (its "user": Debian, and Red Hat and SUSE).</summary>
    private static readonly string[] DefaultUsers = ["libvirt-qemu", "qemu"];

    /// <summary>It is libvirt's.</summary>
    /// <param name="claim">What the kernel says.</param>
    /// <param name="owners">User ids from <see cref="Owners"/>.</param>
    public static bool IsLibvirts(QemuClaim claim, IReadOnlySet<uint> owners) =>
        claim.InPidFile
        || IsInLibvirtsCgroup(claim.Cgroup)
        || (Users(claim.Status) is [_, ..] users && Array.TrueForAll(users, owners.Contains));

    /// <summary>User ids that libvirt may run QEMU as: root, qemu.conf's "user", and the distribution's.</summary>
    /// <param name="qemuConf">The text of qemu.conf; null: there is none.</param>
    /// <param name="passwd">The text of /etc/passwd.</param>
    public static IReadOnlySet<uint> Owners(string? qemuConf, string passwd)
    {
        var owners = new HashSet<uint> { 0 };
        string? configured = qemuConf is null ? null : LibvirtConf.GetString(qemuConf, "user");

        // "+107" and "107" are a number, whatever users are called (qemu.conf, "user").
        if (uint.TryParse(configured?.TrimStart('+'), NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            owners.Add(number);
        foreach (string line in passwd.Split('\n'))
        {
            string[] fields = line.Split(':');
            if (
                fields.Length > 2
                && (fields[0] == configured || Array.IndexOf(DefaultUsers, fields[0]) >= 0)
                && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
            )
                owners.Add(id);
        }

        return owners;
    }

    /// <summary>Real, effective, saved and filesystem user: a program with the set-user-ID bit has one of them from its caller.</summary>
    private static uint[] Users(string status)
    {
        foreach (string line in status.Split('\n'))
        {
            if (!line.StartsWith("Uid:", StringComparison.Ordinal))
                continue;
            string[] fields = line["Uid:".Length..].Split('\t', StringSplitOptions.RemoveEmptyEntries);
            var users = new uint[fields.Length];
            for (int i = 0; i < fields.Length; i++)
            {
                if (!uint.TryParse(fields[i], NumberStyles.None, CultureInfo.InvariantCulture, out users[i]))
                    return [];
            }

            return users;
        }

        return [];
    }

    /// <summary>
    /// machine-qemu\x2d1\x2dvm1.scope where systemd is, qemu-1-vm1.libvirt-qemu where it is not (libvirt, "Control Groups").
    /// </summary>
    private static bool IsInLibvirtsCgroup(string cgroup) =>
        cgroup.Contains("/machine-qemu", StringComparison.Ordinal) || cgroup.Contains(".libvirt-qemu", StringComparison.Ordinal);
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
