namespace HaAgent.Cluster.Facts;

/// <summary>What installs packages on a node.</summary>
public enum PackageTool
{
    /// <summary>None that we know.</summary>
    Unknown,

    /// <summary>SUSE.</summary>
    Zypper,

    /// <summary>Debian and Ubuntu.</summary>
    Apt,

    /// <summary>Fedora and Red Hat.</summary>
    Dnf,
}
