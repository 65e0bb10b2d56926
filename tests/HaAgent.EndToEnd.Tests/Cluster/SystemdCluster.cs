namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>The guide's cluster on nodes that run systemd and the distribution's own units.</summary>
public sealed class SystemdCluster : GuideCluster
{
    public SystemdCluster()
        : base("--systemd")
    {
    }
}
