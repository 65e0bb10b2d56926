namespace HaAgent.Core.Locking;

/// <summary>What is seen at the path of the lockspace directory.</summary>
/// <param name="Exists">It is a directory that can be read.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
/// <param name="OnRootFilesystem">It lies on the same filesystem as /: the shared volume is not mounted there.</param>
/// <param name="FilesystemType">The type, as in /proc/self/mountinfo.</param>
public readonly record struct LockspaceSight(bool Exists, string? Problem, bool OnRootFilesystem, string FilesystemType)
{
    /// <summary>The type is known to be shared between nodes.</summary>
    public bool IsKnownShared => SharedFilesystems.Of(FilesystemType) == FilesystemReach.Shared;
}
