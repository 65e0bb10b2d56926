namespace HaAgent.Core.Migration;

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
