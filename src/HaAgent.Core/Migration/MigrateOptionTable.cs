using System.Globalization;

namespace HaAgent.Core.Migration;

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
public sealed record MigrateOption(string Name, MigrateFlags Flag = MigrateFlags.None, string? Field = null, TypedKind Kind = TypedKind.Text, string? Refusal = null)
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

    internal static bool Fits(TypedKind kind, string value) => kind switch
    {
        TypedKind.Text or TypedKind.TextList => value.Length > 0,
        TypedKind.Int => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        TypedKind.UInt => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        TypedKind.ULong => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
    };
}
