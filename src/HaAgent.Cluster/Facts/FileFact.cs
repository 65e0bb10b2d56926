namespace HaAgent.Cluster.Facts;

/// <summary>A file on a node.</summary>
/// <param name="Text">Its bytes, one char each (Latin-1); null when there is no such file.</param>
public sealed record FileFact(string? Text)
{
    /// <summary>How long ago it was last written.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>A path at which nothing is.</summary>
    public static readonly FileFact Missing = new((string?)null);
}

/// <summary>A directory on a node.</summary>
/// <param name="Exists">Whether it is there.</param>
public sealed record DirectoryFact(bool Exists)
{
    /// <summary>The mount point of the filesystem it lies on.</summary>
    public string MountPoint { get; init; } = "";

    /// <summary>What the mark that haagent leaves in a shared directory says; null when there is none.</summary>
    public string? Mark { get; init; }
}
