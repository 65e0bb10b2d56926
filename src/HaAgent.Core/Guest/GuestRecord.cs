using System.Globalization;
using System.Text;

namespace HaAgent.Core.Guest;

/// <summary>
/// What the agent remembers of a resource under the resource state directory, so that stop and monitor know the domain when its
/// configuration and the shared volume are gone, and so that a recurring monitor reads one small file instead of an XML document.
/// </summary>
/// <param name="Config">The configuration file that the identity was read from.</param>
/// <param name="Identity">Name and UUID.</param>
/// <param name="IsActive">The guest was seen active here and has not been stopped since.</param>
public sealed record GuestRecord(string Config, GuestIdentity Identity, bool IsActive)
{
    private const string Header = "haagent-guest 1";

    /// <summary>The domain's type (kvm, qemu, lxc…): only of a QEMU guest is a process proof.</summary>
    public string DomainType { get; init; } = "";

    /// <summary>The hypervisor's URI as libvirt resolved it: only on this machine is a process proof; empty: not known.</summary>
    public string HypervisorUri { get; init; } = "";

    /// <summary>The QEMU process that carries it; 0: not known.</summary>
    public int Pid { get; init; }

    /// <summary>The start time of <see cref="Pid"/> in clock ticks since boot (/proc/PID/stat, field 22): a reused pid has another.</summary>
    public long StartTime { get; init; }

    /// <summary>What was last written as utilization; empty: nothing.</summary>
    public string Utilization { get; init; } = "";

    /// <summary>Unix time in seconds before which a failed write of the utilization is not tried again; 0: at once.</summary>
    public long UtilizationRetryAt { get; init; }

    /// <summary>A start that libvirt was asked for and has not been seen to answer; null: none.</summary>
    public PendingCall? Pending { get; init; }

    /// <summary>The file's text.</summary>
    public string Format()
    {
        var text = new StringBuilder(256);
        text.Append(Header).Append('\n');
        Append(text, "config", Config);
        Append(text, "name", Identity.Name);
        Append(text, "uuid", Identity.Uuid ?? "");
        Append(text, "type", DomainType);
        Append(text, "uri", HypervisorUri);
        Append(text, "active", IsActive ? "1" : "0");
        Append(text, "pid", Pid.ToString(CultureInfo.InvariantCulture));
        Append(text, "start", StartTime.ToString(CultureInfo.InvariantCulture));
        Append(text, "utilization", Utilization);
        Append(text, "utilization-retry", UtilizationRetryAt.ToString(CultureInfo.InvariantCulture));
        Append(text, "pending", Pending?.Format() ?? "");
        return text.Append("end\n").ToString();
    }

    /// <summary>Reads the file's text; null when it is not whole (a full disk, a crash in the middle) or of another version.</summary>
    public static GuestRecord? Parse(string text)
    {
        if (!text.StartsWith(Header + "\n", StringComparison.Ordinal) || !text.EndsWith("\nend\n", StringComparison.Ordinal))
            return null;
        string config = Field(text, "config");
        string name = Field(text, "name");
        if (config.Length == 0 || name.Length == 0)
            return null;
        string uuid = Field(text, "uuid");
        return new GuestRecord(config, new GuestIdentity(name, uuid.Length == 0 ? null : uuid), Field(text, "active") == "1")
        {
            DomainType = Field(text, "type"),
            HypervisorUri = Field(text, "uri"),
            Pid = (int)Number(text, "pid"),
            StartTime = Number(text, "start"),
            Utilization = Field(text, "utilization"),
            UtilizationRetryAt = Number(text, "utilization-retry"),
            Pending = PendingCall.Parse(Field(text, "pending")),
        };
    }

    private static void Append(StringBuilder text, string key, string value) => text.Append(key).Append('=').Append(value).Append('\n');

    private static string Field(string text, string key)
    {
        int at = text.IndexOf("\n" + key + "=", StringComparison.Ordinal);
        if (at < 0)
            return "";
        int from = at + key.Length + 2;
        return text[from..text.IndexOf('\n', from)];
    }

    private static long Number(string text, string key) =>
        long.TryParse(Field(text, key), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
