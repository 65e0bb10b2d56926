namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>Cluster tests share one lab: one after the other.</summary>
[CollectionDefinition(nameof(GuideCluster))]
public sealed class ClusterTestCollection : ICollectionFixture<GuideCluster>;

/// <summary>A test on a cluster. What it does to the cluster is undone before the next one begins.</summary>
public abstract class ClusterTest(GuideCluster cluster)
{
    private protected const string Vm1 = GuideCluster.Vm1;

    /// <summary>A healthy cluster with VM1 running and answering, and nothing left of the test before: the node it runs on, and the other one.</summary>
    private protected (Lab Lab, string Here, string There) Vm1Runs() => cluster.Vm1Runs();
}
