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

    /// <summary>The start time of <see cref="Pid"/> in clock ticks since boot (/proc/PID/stat, field 22): a reused pid has
    /// another.</summary>
    public long StartTime { get; init; }

    /// <summary>What was last written as utilization; empty: nothing.</summary>
    public string Utilization { get; init; } = "";

    /// <summary>Unix time in seconds before which a failed write of the utilization is not tried again; 0: at once.</summary>
    public long UtilizationRetryAt { get; init; }

    /// <summary>The note of a memory that was saved before the guest ran is not proven to be gone: to be taken away as soon as it
    /// can.</summary>
    public bool NoteStays { get; init; }

    /// <summary>What is the same at every monitor and was said since the guest began to run: the operations that said it.</summary>
    public string Said { get; init; } = "";

    /// <summary>A start that libvirt was asked for and has not been seen to answer; null: none.</summary>
    public PendingCall? Pending { get; init; }

    /// <summary>The record once something that lasts is said.</summary>
    /// <param name="what">Which operation says it.</param>
    /// <returns>Null: it was said already.</returns>
    public GuestRecord? Saying(string what) => Said.Split(' ').Contains(what) ? null : this with { Said = $"{Said} {what}".TrimStart() };

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
        Append(text, "note-stays", NoteStays ? "1" : "0");
        Append(text, "said", Said);
        Append(text, "pending", Pending?.Format() ?? "");
        return text.Append("end\n").ToString();
    }

    /// <summary>
    /// Reads the file's text; null when it is not whole (a full disk, a crash in the middle), of another version, or not what
    /// <see cref="Format"/> writes: a key that is there twice, or a value that cannot be one.
    /// </summary>
    public static GuestRecord? Parse(string text)
    {
        if (!text.StartsWith(Header + "\n", StringComparison.Ordinal) || !text.EndsWith("\nend\n", StringComparison.Ordinal))
            return null;
        var fields = new Dictionary<string, string>();
        foreach (string line in text[(Header.Length + 1)..^"end\n".Length].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !fields.TryAdd(line[..equals], Unescape(line[(equals + 1)..])))
                return null;
        }

        string Field(string key) => fields.GetValueOrDefault(key, "");
        long Number(string key, long most) =>
            long.TryParse(Field(key), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= most ? number : 0;

        string? uuid = Field("uuid") is { Length: > 0 } written ? GuestIdentity.NormaliseUuid(written) : null;
        if (Field("config").Length == 0 || Field("name").Length == 0 || (uuid is null && Field("uuid").Length > 0))
            return null;
        return new GuestRecord(Field("config"), new GuestIdentity(Field("name"), uuid), Field("active") == "1")
        {
            DomainType = Field("type"),
            HypervisorUri = Field("uri"),
            Pid = (int)Number("pid", int.MaxValue),
            StartTime = Number("start", long.MaxValue),
            Utilization = Field("utilization"),
            UtilizationRetryAt = Number("utilization-retry", long.MaxValue),
            NoteStays = Field("note-stays") == "1",
            Said = Field("said"),
            Pending = PendingCall.Parse(Field("pending")),
        };
    }

    private static void Append(StringBuilder text, string key, string value) =>
        text.Append(key).Append('=').Append(Escape(value)).Append('\n');

    /// <summary>A value as one line, whatever a name or a path is made of: what followed a line break would be read as another
    /// field.</summary>
    internal static string Escape(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    /// <summary>What <see cref="Escape"/> was given.</summary>
    internal static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal))
            return value;
        var text = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            bool isEscape = value[i] == '\\' && i + 1 < value.Length && value[i + 1] is '\\' or 'n';
            text.Append(
                !isEscape ? value[i]
                : value[++i] == 'n' ? '\n'
                : '\\'
            );
        }

        return text.ToString();
    }
}

/// <summary>Which domain a resource is about.</summary>
/// <param name="Name">The domain's name, as libvirt has it.</param>
/// <param name="Uuid">Lower case with dashes; null when the configuration has none: libvirt makes one up at each start then, and
/// the guest is known by its name.</param>
public sealed record GuestIdentity(string Name, string? Uuid)
{
    /// <summary>
    /// Whether a guest that was seen is this one: by its name and, where the configuration has one, by its UUID. Of two guests that share
    /// one of them (a copied file), neither is the other.
    /// </summary>
    /// <param name="seen">With its UUID.</param>
    public bool IsOf(GuestIdentity seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return Name == seen.Name && (Uuid is null || Uuid == seen.Uuid);
    }

    /// <summary>Whether a guest that was seen has this one's name or UUID and yet is another.</summary>
    /// <param name="seen">With its UUID.</param>
    public bool IsConfusedWith(GuestIdentity seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return !IsOf(seen) && (Name == seen.Name || (Uuid is not null && Uuid == seen.Uuid));
    }

    /// <summary>The name and, where known, the UUID, for a log.</summary>
    public override string ToString() => Uuid is null ? Name : $"{Name} ({Uuid})";

    /// <summary>Reads a UUID as libvirt does: 32 hexadecimal digits, dashes and white space ignored.</summary>
    /// <returns>Lower case with dashes, or null.</returns>
    public static string? NormaliseUuid(string text)
    {
        Span<char> digits = stackalloc char[32];
        int count = 0;
        foreach (char c in text)
        {
            if (c == '-' || char.IsWhiteSpace(c))
                continue;
            if (!char.IsAsciiHexDigit(c) || count == 32)
                return null;
            digits[count++] = char.ToLowerInvariant(c);
        }

        return count == 32 ? $"{digits[..8]}-{digits[8..12]}-{digits[12..16]}-{digits[16..20]}-{digits[20..]}" : null;
    }
}

/// <summary>What libvirt was asked for.</summary>
public enum PendingKind
{
    /// <summary>To start the guest from its configuration (virDomainCreateXML).</summary>
    Start,

    /// <summary>To start it from its saved memory (virDomainRestore).</summary>
    Restore,
}

/// <summary>
/// A call that may bring the guest up here, written down before it is made. libvirt goes on with it when the agent that made it was killed
/// or gave up, so that until it is answered, or proven to be over, no process and no answer is no proof that the guest is not active here.
/// </summary>
/// <param name="Kind">What was asked for.</param>
/// <param name="Boot">The boot of the node in which it was made (/proc/sys/kernel/random/boot_id): it does not outlive that.</param>
/// <param name="At">When it was made, in seconds since boot.</param>
public sealed record PendingCall(PendingKind Kind, string Boot, long At)
{
    /// <summary>One line.</summary>
    public string Format() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Kind == PendingKind.Start ? "start" : "restore")} {At} {Boot}");

    /// <summary>Reads the line; null when it is empty or none.</summary>
    public static PendingCall? Parse(string text)
    {
        string[] words = text.Split(' ');
        if (
            words is not [var kind, var at, var boot]
            || !long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
        )
            return null;
        return kind switch
        {
            "start" => new PendingCall(PendingKind.Start, boot, seconds),
            "restore" => new PendingCall(PendingKind.Restore, boot, seconds),
            _ => null,
        };
    }
}
