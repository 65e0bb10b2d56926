namespace HaAgent.Cluster.Setup;

/// <summary>What the admin wants of <c>haagent setup</c>.</summary>
/// <param name="Storage">Where lock files and XML lie.</param>
/// <param name="Mount">Where the cluster mounts it on every node.</param>
/// <param name="Names">The names of the resources.</param>
public sealed record SetupIntent(Storage Storage, string Mount, LockNames Names)
{
    /// <summary>Where the guide mounts it.</summary>
    public const string DefaultMount = "/mnt/shared";

    /// <summary>Whether missing packages are installed.</summary>
    public bool InstallPackages { get; init; } = true;

    /// <summary>Where virtlockd keeps its lease files.</summary>
    public string LockDirectory => Mount.TrimEnd('/') + "/lockd";
}
