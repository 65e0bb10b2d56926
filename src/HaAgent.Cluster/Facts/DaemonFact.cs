namespace HaAgent.Cluster.Facts;

/// <summary>A daemon that runs on a node.</summary>
/// <param name="Name">The program's name: libvirtd, virtqemud, virtlockd.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Age">How long it has been running.</param>
/// <param name="Arguments">Its command line.</param>
public sealed record DaemonFact(string Name, int Pid, TimeSpan Age, IReadOnlyList<string> Arguments)
{
    /// <summary>Whether it puts itself into the background, so that running its command line again starts it again.</summary>
    public bool Detaches => Arguments.Any(a => a is "-d" or "--daemon");
}
