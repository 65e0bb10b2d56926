using System.Runtime.InteropServices;
using HaAgent.Core.Migration;
using HaAgent.Libvirt.Native;

namespace HaAgent.Libvirt;

/// <summary>How far a migration is (virDomainGetJobStats); what libvirt does not say is 0.</summary>
/// <param name="IsRunning">A job is under way.</param>
/// <param name="TotalBytes">Memory to be transferred.</param>
/// <param name="ProcessedBytes">Memory transferred.</param>
/// <param name="RemainingBytes">Memory left.</param>
/// <param name="BytesPerSecond">The current rate.</param>
/// <param name="DirtyPagesPerSecond">Pages that the guest changes.</param>
/// <param name="PageSize">Bytes of a page.</param>
/// <param name="ElapsedMilliseconds">Since the job began.</param>
/// <param name="DowntimeMilliseconds">How long the guest stands, or stood, still.</param>
public readonly record struct MigrationProgress(
    bool IsRunning,
    ulong TotalBytes,
    ulong ProcessedBytes,
    ulong RemainingBytes,
    ulong BytesPerSecond,
    ulong DirtyPagesPerSecond,
    ulong PageSize,
    ulong ElapsedMilliseconds,
    ulong DowntimeMilliseconds
);

/// <summary>Live migration of a domain, and the job that does it.</summary>
public static unsafe class LibvirtMigration
{
    /// <summary>Migrates, managed by this process (virDomainMigrate3), or by the source's daemon where the request is peer-to-peer
    /// (virDomainMigrateToURI3). Comes back when it is over.</summary>
    public static void Migrate(LibvirtDomain domain, LibvirtConnection target, string targetUri, MigrateRequest request)
    {
        using TypedParameterList parameters = TypedParameterList.From(request);
        if (request.IsPeerToPeer)
        {
            LibvirtConnection.Check(
                Interop.Migration.virDomainMigrateToURI3(domain.Handle, targetUri, parameters.Items, parameters.Count, (uint)request.Flags)
            );
            return;
        }

        using DomainHandle arrived = Interop.Migration.virDomainMigrate3(
            domain.Handle,
            target.Handle,
            parameters.Items,
            parameters.Count,
            (uint)request.Flags
        );
        if (arrived.IsInvalid)
            throw LibvirtException.Last();
    }

    /// <summary>Ends the job that is under way (virDomainAbortJob).</summary>
    public static void Abort(LibvirtDomain domain) => LibvirtConnection.Check(Interop.Migration.virDomainAbortJob(domain.Handle));

    /// <summary>Switches to post-copy (virDomainMigrateStartPostCopy); the migration must have been asked for with that flag.</summary>
    public static void StartPostCopy(LibvirtDomain domain) =>
        LibvirtConnection.Check(Interop.Migration.virDomainMigrateStartPostCopy(domain.Handle, 0));

    /// <summary>Limits the downtime in milliseconds (virDomainMigrateSetMaxDowntime).</summary>
    public static void SetMaxDowntime(LibvirtDomain domain, long milliseconds) =>
        LibvirtConnection.Check(Interop.Migration.virDomainMigrateSetMaxDowntime(domain.Handle, (ulong)milliseconds, 0));

    /// <summary>Limits the bandwidth in MiB/s (virDomainMigrateSetMaxSpeed).</summary>
    public static void SetMaxSpeed(LibvirtDomain domain, long mebibytesPerSecond) =>
        LibvirtConnection.Check(Interop.Migration.virDomainMigrateSetMaxSpeed(domain.Handle, new CULong((nuint)mebibytesPerSecond), 0));

    /// <summary>How far the job under way is.</summary>
    public static MigrationProgress Progress(LibvirtDomain domain) => Stats(domain, 0);

    /// <summary>What the completed job was, asked of the domain on the target.</summary>
    public static MigrationProgress Completed(LibvirtDomain domain) => Stats(domain, CallFlags.VIR_DOMAIN_JOB_STATS_COMPLETED);

    private static MigrationProgress Stats(LibvirtDomain domain, uint flags)
    {
        int type;
        void* items = null;
        int count = 0;
        LibvirtConnection.Check(Interop.Migration.virDomainGetJobStats(domain.Handle, &type, &items, &count, flags));
        try
        {
            return new MigrationProgress(
                type is (int)JobType.VIR_DOMAIN_JOB_BOUNDED or (int)JobType.VIR_DOMAIN_JOB_UNBOUNDED,
                Value(items, count, "memory_total"),
                Value(items, count, "memory_processed"),
                Value(items, count, "memory_remaining"),
                Value(items, count, "memory_bps"),
                Value(items, count, "memory_dirty_rate"),
                Value(items, count, "memory_page_size"),
                Value(items, count, "time_elapsed"),
                Value(items, count, "downtime")
            );
        }
        finally
        {
            Interop.TypedParameters.virTypedParamsFree(items, count);
        }
    }

    private static ulong Value(void* items, int count, string field)
    {
        ulong value;
        return Interop.TypedParameters.virTypedParamsGetULLong(items, count, field, &value) == 1 ? value : 0;
    }
}
