namespace HaAgent.Core.Ocf;

/// <summary>The parameters that ocf:heartbeat:VirtualDomain does not have: rows of <see cref="ParameterTable"/>.</summary>
public static class OwnParameters
{
    public static readonly Parameter RequireLock = new(
        "require_lock",
        ParameterKind.Choice,
        "auto",
        "Demand that lockd protects the guest's disks",
        "auto: where the node's libvirt is configured with a lock manager, start refuses unless the lockspace is usable, and monitor at "
            + "check level 10 checks that the leases are held. true: a node without a lock manager is refused as well. false: nothing "
            + "about locks is checked."
    )
    {
        Choices = ["auto", "true", "false"],
    };

    public static readonly Parameter OnLockLost = new(
        "on_lock_lost",
        ParameterKind.Choice,
        "fail",
        "What monitor answers when a lease is not held",
        "When check level 10 finds that the lease of a running guest's writable disk is not held here: fail makes the cluster recover the "
            + "guest, degraded reports it as running but degraded, ignore only logs it."
    )
    {
        Choices = Policies.Names,
    };

    public static readonly Parameter OnPausedError = new(
        "on_paused_error",
        ParameterKind.Choice,
        "fail",
        "What monitor answers for a guest that was stopped by an error",
        "When the guest is paused because of an I/O error, a watchdog, a crash or a broken post-copy migration: fail makes the cluster "
            + "recover the guest, degraded reports it as running but degraded, ignore only logs it. A guest that an administrator paused "
            + "is never a failure."
    )
    {
        Choices = Policies.Names,
    };

    public static readonly Parameter StopReserve = new(
        "stop_reserve",
        ParameterKind.Integer,
        "",
        "Time kept for destroying the guest",
        "Seconds at the end of a stop operation's timeout that are kept for destroying a guest that does not shut down by itself. Without "
            + "it: a sixth of the timeout, at least 15 and at most 30 seconds, but never more than half of the timeout."
    )
    {
        Minimum = 1,
        Maximum = 3600,
    };

    public static readonly Parameter MigrationTimeoutAction = new(
        "migration_timeout_action",
        ParameterKind.Choice,
        "abort",
        "What happens to a migration that does not finish in time",
        "Shortly before the operation's timeout: abort ends the migration and leaves the guest running where it is; postcopy switches to "
            + "post-copy, which then finishes but cannot be taken back; suspend pauses the guest so that the rest of its memory can be "
            + "copied."
    )
    {
        Choices = ["abort", "postcopy", "suspend"],
    };

    public static readonly Parameter MigrationAutoConverge = new(
        "migration_auto_converge",
        ParameterKind.Boolean,
        "false",
        "Slow the guest down until its migration converges",
        "Let QEMU slow the guest's CPUs down, more and more, when it changes its memory faster than the network carries it away."
    );

    public static readonly Parameter MonitorGuestAgent = new(
        "monitor_guest_agent",
        ParameterKind.Boolean,
        "false",
        "Demand an answer of the guest agent at check level 20",
        "With a monitor of check level 20 the QEMU guest agent inside the guest must answer, else the guest has failed."
    );

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Parameter> Rows =
    [
        RequireLock,
        OnLockLost,
        OnPausedError,
        StopReserve,
        MigrationTimeoutAction,
        MigrationAutoConverge,
        MonitorGuestAgent,
    ];
}
