using HaAgent.Core.Locking;

namespace HaAgent.Cluster.Facts;

/// <summary>A mount of a node, from /proc/self/mountinfo.</summary>
/// <param name="Point">Where it is mounted.</param>
/// <param name="Type">The filesystem's type.</param>
/// <param name="Source">The device or server behind it.</param>
/// <param name="Options">The filesystem's options.</param>
public sealed record MountFact(string Point, string Type, string Source, string Options)
{
    /// <summary>Whether the type is known to be shared between nodes.</summary>
    public bool IsKnownShared => Filesystems.KindOf(Type) == FilesystemKind.Shared;

    /// <summary>Whether locks on it count on this node only.</summary>
    public bool LocksAreLocal => Filesystems.LocalLocks(Type, Options) is not null;
}
