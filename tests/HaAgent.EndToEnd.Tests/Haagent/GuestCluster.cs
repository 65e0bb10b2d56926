using HaAgent.EndToEnd.Tests.Cluster;
using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>A cluster that haagent has set up, and VM1 that haagent has put under its care. One for all tests of the collection, each of which begins with <see cref="Vm1Runs"/>.</summary>
public sealed class GuestCluster : IDisposable
{
    internal const string Vm1 = "VM1";

    public GuestCluster()
    {
        Bare.Done("setup", "--existing-mount", BareCluster.Shared, "--yes");
        Bare.Define(Vm1, BareCluster.Alice);
        Bare.Done("add", Vm1, "--yes");
        Address = Bare.Script(BareCluster.Alice, $"sed -n 's/.*haagent.ip=\\([0-9.]*\\).*/\\1/p' /mnt/shared/{Vm1}.xml");
    }

    internal BareCluster Bare { get; } = new();

    internal Lab Lab => Bare.Lab;

    /// <summary>Where VM1 answers on TCP port 7.</summary>
    internal string Address { get; }

    /// <summary>A healthy cluster with VM1 running and answering, and nothing left of the test before: the node it runs on, and the other one.</summary>
    internal (string Here, string There) Vm1Runs()
    {
        Lab.Run("heal");
        foreach (string node in new[] { BareCluster.Alice, BareCluster.Bob })
            Bare.Script(node, "crm_standby --delete 2> /dev/null || true");
        Lab.Wait("started", Vm1, ",", "answering", Vm1, ",", "idle");
        return Lab.Run("where", Vm1) == BareCluster.Alice ? (BareCluster.Alice, BareCluster.Bob) : (BareCluster.Bob, BareCluster.Alice);
    }

    /// <summary>Has VM1 run on a node.</summary>
    internal void Place(string node)
    {
        Lab.Run("place", Vm1, node);
        Lab.Wait("idle");
    }

    /// <summary>Runs haagent on alice, which has to end with that status; gives what it printed.</summary>
    internal string Ends(int status, params string[] words)
    {
        Finished finished = Bare.Haagent(words);
        Assert.True(finished.ExitCode == status, $"{finished.Line}: exit status {finished.ExitCode}, not {status}\n{finished.Output}{finished.Error}");
        return finished.Output + finished.Error;
    }

    /// <summary>Runs haagent on alice where crm_verify gives no answer.</summary>
    internal Finished WithoutCrmVerify(params string[] words) =>
        Lab.Try(["exec", BareCluster.Alice, "unshare", "-m", "--propagation", "private", "sh", "-c", "mount --bind /bin/false \"$(command -v crm_verify)\" && exec \"$@\"", "sh", "haagent", .. words]);

    public void Dispose() => Bare.Dispose();
}

/// <summary>These tests share one lab: one after the other.</summary>
[CollectionDefinition(nameof(GuestCollection))]
public sealed class GuestCollection : ICollectionFixture<GuestCluster>;
