namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>The guide's cluster: alice and bob with cl-virt-lock and lockd, and VM1 under our agent. One for all tests, each of which begins with <see cref="Vm1Runs"/>.</summary>
public class GuideCluster : IDisposable
{
    internal const string Vm1 = "VM1";

    public GuideCluster()
        : this([])
    {
    }

    /// <param name="options">More options of `lab up`.</param>
    private protected GuideCluster(params string[] options)
    {
        DirectoryInfo tree = Directory.CreateTempSubdirectory("haagent-tree.");
        try
        {
            AgentUnderTest.InstallInto(tree.FullName);
            Lab = new Lab(["--storage", "--with", tree.FullName, .. options]);
        }
        finally
        {
            tree.Delete(recursive: true);
        }
        Lab.Run("add-guest", Vm1, "--agent", AgentUnderTest.Type);
        Lab.Wait("started", Vm1);
    }

    internal Lab Lab { get; }

    internal (Lab Lab, string Here, string There) Vm1Runs()
    {
        Lab.Run("heal");
        Lab.Wait("started", Vm1, ",", "answering", Vm1, ",", "idle");
        return Lab.Run("where", Vm1) switch
        {
            "alice" => (Lab, "alice", "bob"),
            "bob" => (Lab, "bob", "alice"),
            string other => throw new InvalidOperationException($"{Vm1} runs on: {other}"),
        };
    }

    public void Dispose()
    {
        Lab.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The guide's cluster on nodes that run systemd and the distribution's own units.</summary>
public sealed class SystemdCluster : GuideCluster
{
    public SystemdCluster()
        : base("--systemd")
    {
    }
}
