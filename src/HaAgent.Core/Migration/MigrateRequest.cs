using System.Globalization;

namespace HaAgent.Core.Migration;

/// <summary>One typed parameter of a migration.</summary>
/// <param name="Field">VIR_MIGRATE_PARAM_*.</param>
/// <param name="Kind">The type libvirt demands.</param>
/// <param name="Value">Its text; validated to be of that type.</param>
public readonly record struct TypedValue(string Field, TypedKind Kind, string Value);

/// <summary>What virDomainMigrate3 is asked for.</summary>
/// <param name="Flags">Always with <see cref="MigrateFlags.Live"/>.</param>
/// <param name="Values">The typed parameters.</param>
public sealed record MigrateRequest(MigrateFlags Flags, IReadOnlyList<TypedValue> Values)
{
    /// <summary>The source's libvirtd talks to the target itself. Asked for only by migrate_options: such a migration goes on when the
    /// agent dies.</summary>
    public bool IsPeerToPeer => (Flags & MigrateFlags.Peer2Peer) != 0;

    /// <summary>The value of a field, or null.</summary>
    public string? ValueOf(string field)
    {
        foreach (TypedValue value in Values)
        {
            if (value.Field == field)
                return value.Value;
        }

        return null;
    }

    /// <summary>This request with a field set, in place of an earlier value.</summary>
    public MigrateRequest With(string field, TypedKind kind, string text)
    {
        var values = new List<TypedValue>();
        foreach (TypedValue value in Values)
        {
            if (value.Field != field)
                values.Add(value);
        }

        values.Add(new TypedValue(field, kind, text));
        return this with { Values = values };
    }

    /// <summary>Reads options as virsh takes them: --name, --name VALUE or --name=VALUE.</summary>
    /// <returns>What is wrong, as the end of a sentence; null when <paramref name="request"/> is good.</returns>
    public static string? Parse(string text, out MigrateRequest request)
    {
        MigrateFlags flags = MigrateFlags.Live;
        var values = new List<TypedValue>();
        request = new MigrateRequest(flags, values);
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            int equals = words[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? words[i] : words[i][..equals];
            if (MigrateOptionTable.Find(name) is not MigrateOption option)
                return $"contains '{name}', which is not an option of 'virsh migrate' that this agent knows";
            if (option.Refusal is not null)
                return $"contains '{name}', which {option.Refusal}";
            flags |= option.Flag;
            if (!option.TakesValue)
            {
                if (equals >= 0)
                    return $"gives '{name}' a value, and it takes none";
                continue;
            }

            string? value =
                equals >= 0 ? words[i][(equals + 1)..]
                : i + 1 < words.Length ? words[++i]
                : null;
            if (value is null || !MigrateOptionTable.Fits(option.Kind, value))
                return $"gives '{name}' no fitting value ({(option.Kind is TypedKind.Text or TypedKind.TextList ? "a text" : "a number")} "
                    + "is needed)";
            values.Add(new TypedValue(option.Field!, option.Kind, value));
        }

        request = new MigrateRequest(flags, values);
        return null;
    }
}

/// <summary>The value of a typed parameter (virTypedParameter) with the type libvirt demands for its field.</summary>
public enum TypedKind
{
    Text,
    TextList,
    Int,
    UInt,
    ULong,
}

/// <summary>One option of <c>virsh migrate</c>.</summary>
/// <param name="Name">As typed, with the dashes.</param>
/// <param name="Flag">The flag it sets, if it is one.</param>
/// <param name="Field">The typed parameter it fills, if it is one (VIR_MIGRATE_PARAM_*).</param>
/// <param name="Kind">The type of <paramref name="Field"/>.</param>
/// <param name="Refusal">Why this agent does not take it, if it does not.</param>
public sealed record MigrateOption(
    string Name,
    MigrateFlags Flag = MigrateFlags.None,
    string? Field = null,
    TypedKind Kind = TypedKind.Text,
    string? Refusal = null
)
{
    /// <summary>It is followed by a value.</summary>
    public bool TakesValue { get; init; } = Field is not null;
}

/// <summary>The options of <c>virsh migrate</c> and what each is in libvirt's API (virsh(1), virDomainMigrate3).</summary>
public static class MigrateOptionTable
{
    /// <summary>The field of the migration URI, which the agent itself also fills.</summary>
    public const string MigrateUriOption = "--migrateuri";

    public static MigrateOption[] Rows { get; } =
    [
        new("--live", MigrateFlags.Live),
        new("--verbose"),
        new("--p2p", MigrateFlags.Peer2Peer),
        new("--tunnelled", MigrateFlags.Tunnelled | MigrateFlags.Peer2Peer),
        new("--persistent", MigrateFlags.PersistDest),
        new("--undefinesource", MigrateFlags.UndefineSource),
        new("--copy-storage-all", MigrateFlags.NonSharedDisk),
        new("--copy-storage-inc", MigrateFlags.NonSharedInc),
        new("--copy-storage-synchronous-writes", MigrateFlags.NonSharedSynchronousWrites),
        new("--change-protection", MigrateFlags.ChangeProtection),
        new("--unsafe", MigrateFlags.Unsafe),
        new("--compressed", MigrateFlags.Compressed),
        new("--auto-converge", MigrateFlags.AutoConverge),
        new("--rdma-pin-all", MigrateFlags.RdmaPinAll),
        new("--abort-on-error", MigrateFlags.AbortOnError),
        new("--postcopy", MigrateFlags.PostCopy),
        new("--tls", MigrateFlags.Tls),
        new("--parallel", MigrateFlags.Parallel),
        new("--zerocopy", MigrateFlags.ZeroCopy),
        new(MigrateUriOption, Field: "migrate_uri"),
        new("--graphicsuri", Field: "graphics_uri"),
        new("--listen-address", Field: "listen_address"),
        new("--migrate-disks", Field: "migrate_disks", Kind: TypedKind.TextList),
        new("--disks-port", Field: "disks_port", Kind: TypedKind.Int),
        new("--disks-uri", Field: "disks_uri"),
        new("--comp-methods", Field: "compression", Kind: TypedKind.TextList),
        new("--comp-mt-level", Field: "compression.mt.level", Kind: TypedKind.Int),
        new("--comp-mt-threads", Field: "compression.mt.threads", Kind: TypedKind.Int),
        new("--comp-mt-dthreads", Field: "compression.mt.dthreads", Kind: TypedKind.Int),
        new("--comp-xbzrle-cache", Field: "compression.xbzrle.cache", Kind: TypedKind.ULong),
        new("--auto-converge-initial", Field: "auto_converge.initial", Kind: TypedKind.Int),
        new("--auto-converge-increment", Field: "auto_converge.increment", Kind: TypedKind.Int),
        new("--bandwidth", Field: "bandwidth", Kind: TypedKind.ULong),
        new("--postcopy-bandwidth", Field: "bandwidth.postcopy", Kind: TypedKind.ULong),
        new("--parallel-connections", Field: "parallel.connections", Kind: TypedKind.Int),
        new("--tls-destination", Field: "tls.destination"),
        new("--dname", Refusal: "would rename the guest, and the cluster would lose sight of it") { TakesValue = true },
        new("--xml", Refusal: "would give the guest another configuration than config names") { TakesValue = true },
        new("--persistent-xml", Refusal: "would give the guest another configuration than config names") { TakesValue = true },
        new("--suspend", Refusal: "would leave the guest paused, without a lock, on the target"),
        new("--offline", Refusal: "would move a definition instead of the running guest"),
        new("--direct", Refusal: "is for hypervisors other than QEMU"),
        new("--postcopy-resume", Refusal: "mends a failed post-copy migration by hand; it is no option of a new one"),
        new("--postcopy-after-precopy", Refusal: "is done by migration_timeout_action=postcopy, within the operation's timeout"),
        new("--timeout", Refusal: "is set by the operation's timeout and migration_timeout_action") { TakesValue = true },
        new("--timeout-suspend", Refusal: "is set by migration_timeout_action=suspend"),
        new("--timeout-postcopy", Refusal: "is set by migration_timeout_action=postcopy"),
    ];

    /// <summary>What is wrong with a value of migrate_options, as the end of a sentence; null when it is fine.</summary>
    public static string? Problem(string text) => MigrateRequest.Parse(text, out _);

    internal static MigrateOption? Find(string name)
    {
        foreach (MigrateOption row in Rows)
        {
            if (row.Name == name)
                return row;
        }

        return null;
    }

    internal static bool Fits(TypedKind kind, string value) =>
        kind switch
        {
            TypedKind.Text or TypedKind.TextList => value.Length > 0,
            TypedKind.Int => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            TypedKind.UInt => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            TypedKind.ULong => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        };
}

/// <summary>virDomainMigrateFlags (libvirt-domain.h); a test compares each with libvirt-api.xml.</summary>
[Flags]
public enum MigrateFlags
{
    None = 0,
    Live = 1 << 0,
    Peer2Peer = 1 << 1,
    Tunnelled = 1 << 2,
    PersistDest = 1 << 3,
    UndefineSource = 1 << 4,
    Paused = 1 << 5,
    NonSharedDisk = 1 << 6,
    NonSharedInc = 1 << 7,
    ChangeProtection = 1 << 8,
    Unsafe = 1 << 9,
    Offline = 1 << 10,
    Compressed = 1 << 11,
    AbortOnError = 1 << 12,
    AutoConverge = 1 << 13,
    RdmaPinAll = 1 << 14,
    PostCopy = 1 << 15,
    Tls = 1 << 16,
    Parallel = 1 << 17,
    NonSharedSynchronousWrites = 1 << 18,
    PostCopyResume = 1 << 19,
    ZeroCopy = 1 << 20,
}
