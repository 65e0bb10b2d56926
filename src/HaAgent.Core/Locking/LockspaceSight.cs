namespace HaAgent.Core.Locking;

/// <summary>What is seen at the path of the lockspace directory.</summary>
/// <param name="Exists">It is a directory that can be read.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
/// <param name="OnRootFilesystem">It lies on the same mount as /: the shared volume is not mounted there.</param>
/// <param name="FilesystemType">The type, as in /proc/self/mountinfo.</param>
public readonly record struct LockspaceSight(bool Exists, string? Problem, bool OnRootFilesystem, string FilesystemType)
{
    /// <summary>The filesystem's options, as in /proc/self/mountinfo.</summary>
    public string Options { get; init; } = "";

    /// <summary>The file <see cref="Filesystems.SharedMark"/> lies beside it on the same mount.</summary>
    public bool IsMarked { get; init; }
}
