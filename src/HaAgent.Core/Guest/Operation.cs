using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>How a guest is asked to shut down (virDomainShutdownFlagValues).</summary>
public enum ShutdownVia
{
    Acpi,
    Agent,
    Initctl,
    Signal,
    Paravirt,
}

/// <summary>Something a rule wants done: a closed choice.</summary>
public abstract record Operation
{
    private Operation() { }

    /// <summary>The guest may be in another state afterwards, so it is looked at again.</summary>
    public virtual bool ChangesGuest => false;

    /// <summary>Writes down which domain this is and which process carries it, so that stop and monitor know it when the configuration is
    /// gone.</summary>
    public sealed record Remember : Operation;

    /// <summary>Forgets that the guest is active here; what it is called stays known.</summary>
    public sealed record Forget : Operation;

    /// <summary>Reads and checks the configuration that a start needs.</summary>
    public sealed record LoadConfiguration : Operation;

    /// <summary>Checks that a guest started here would be protected by lockd.</summary>
    public sealed record CheckLockGuard : Operation;

    /// <summary>Checks that the leases of the running guest's disks are held here.</summary>
    public sealed record CheckLeases : Operation;

    /// <summary>A round trip to QEMU's monitor, which a QEMU that stands still does not answer.</summary>
    public sealed record PingMonitor : Operation;

    /// <summary>A round trip to the guest agent inside the guest.</summary>
    public sealed record PingGuestAgent : Operation;

    /// <summary>Runs the monitor scripts, one after another.</summary>
    public sealed record RunMonitorScripts : Operation;

    /// <summary>Writes the utilization attributes where they differ from what was last written.</summary>
    public sealed record UpdateUtilization : Operation;

    /// <summary>Writes the configuration back to its file, if it changed.</summary>
    public sealed record SaveConfiguration : Operation;

    /// <summary>Makes sure that systemd stops the VM daemons after Pacemaker.</summary>
    public sealed record OrderDaemons : Operation;

    /// <summary>Starts the pools and networks that the configuration names.</summary>
    public sealed record StartResources : Operation;

    /// <summary>Creates the copy-on-write image where it is due.</summary>
    public sealed record PrepareImage : Operation;

    /// <summary>Decides whether the guest is restored from its saved memory; if not, takes away the note that would let a later start do
    /// so.</summary>
    public sealed record DecideMemory : Operation;

    /// <summary>Starts the domain: from its saved memory when there is one, else from its configuration.</summary>
    public sealed record StartDomain : Operation
    {
        public override bool ChangesGuest => true;
    }

    /// <summary>Finds out which node runs the guest whose lease is taken.</summary>
    public sealed record FindLeaseHolder : Operation;

    /// <summary>Saves the guest's memory, which ends it.</summary>
    public sealed record SaveMemory : Operation
    {
        public override bool ChangesGuest => true;
    }

    /// <summary>Asks the guest to shut down.</summary>
    public sealed record RequestShutdown(ShutdownVia Via) : Operation
    {
        public override bool ChangesGuest => true;
    }

    /// <summary>Wakes up a guest that suspended itself: asleep it hears nothing.</summary>
    public sealed record WakeUp : Operation
    {
        public override bool ChangesGuest => true;
    }

    /// <summary>Breaks off the save, dump or snapshot that the guest is paused for.</summary>
    public sealed record AbortJob : Operation
    {
        public override bool ChangesGuest => true;
    }

    /// <summary>libvirt's destroy: the power cord.</summary>
    public sealed record Destroy : Operation
    {
        public override bool ChangesGuest => true;
    }

    /// <summary>SIGTERM to the verified QEMU process.</summary>
    public sealed record TerminateProcess : Operation
    {
        public override bool ChangesGuest => true;
    }

    /// <summary>SIGKILL to the verified QEMU process.</summary>
    public sealed record KillProcess : Operation
    {
        public override bool ChangesGuest => true;
    }

    /// <summary>Asks both ends whether the migration can go well.</summary>
    public sealed record CheckMigration : Operation;

    /// <summary>Migrates, and says afterwards what both ends say: there is no need to look again.</summary>
    public sealed record Migrate : Operation;
}

/// <summary>Why an operation failed, as far as a rule decides by it.</summary>
public enum FailureKind
{
    /// <summary>Nothing failed.</summary>
    None,

    /// <summary>Whatever needs no answer of its own.</summary>
    Other,

    /// <summary>libvirt does not answer, or died during the call.</summary>
    Unreachable,

    /// <summary>The call did not come back in its time.</summary>
    TimedOut,

    /// <summary>The lease of a disk is held by somebody else (87/51).</summary>
    LockConflict,

    /// <summary>QEMU's own lock of an image file is held by somebody else.</summary>
    ImageLocked,

    /// <summary>libvirt answers, but cannot reach virtlockd (38/7).</summary>
    VirtlockdUnreachable,

    /// <summary>virtlockd does not know the lockspace (1/7): it was restarted after libvirt's daemon.</summary>
    LockspaceLost,

    /// <summary>A lease is not held here.</summary>
    LeaseLost,
}

/// <summary>How an operation ended.</summary>
/// <param name="Kind">None: well.</param>
/// <param name="Message">What failed, on what and why, or with None something worth a line in the log; null: nothing to say.</param>
/// <param name="Code">The exit code that fits when this ends the action.</param>
public sealed record OperationResult(FailureKind Kind, string? Message, ExitCode Code = ExitCode.Generic)
{
    /// <summary>QEMU itself failed, which is also how its own lock of an image file shows.</summary>
    public bool IsFromQemu { get; init; }

    /// <summary>What it says stays true until somebody changes something: a monitor says it once while the guest runs.</summary>
    public bool Lasts { get; init; }

    /// <summary>Well, and nothing to say.</summary>
    public static OperationResult Done { get; } = new(FailureKind.None, null, ExitCode.Success);

    /// <summary>It went well.</summary>
    public bool Succeeded => Kind == FailureKind.None;

    /// <summary>Well, with a message for the log.</summary>
    public static OperationResult DoneWith(string message) => new(FailureKind.None, message, ExitCode.Success);

    /// <summary>Failed.</summary>
    public static OperationResult Failed(string message, FailureKind kind = FailureKind.Other, ExitCode code = ExitCode.Generic) =>
        new(kind, message, code);
}
