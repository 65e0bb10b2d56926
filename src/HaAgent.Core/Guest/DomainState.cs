namespace HaAgent.Core.Guest;

/// <summary>virDomainState (libvirt-domain.h). An integer that this library does not know becomes <see cref="Unknown"/>, never another state.</summary>
public enum DomainState
{
    NoState = 0,
    Running = 1,
    Blocked = 2,
    Paused = 3,
    Shutdown = 4,
    ShutOff = 5,
    Crashed = 6,
    PmSuspended = 7,
    Unknown = -1,
}

/// <summary>virDomainPausedReason (libvirt-domain.h).</summary>
public enum PausedReason
{
    Unknown = 0,
    User = 1,
    Migration = 2,
    Save = 3,
    Dump = 4,
    IoError = 5,
    Watchdog = 6,
    FromSnapshot = 7,
    ShuttingDown = 8,
    Snapshot = 9,
    Crashed = 10,
    StartingUp = 11,
    PostCopy = 12,
    PostCopyFailed = 13,
    ApiError = 14,
}
