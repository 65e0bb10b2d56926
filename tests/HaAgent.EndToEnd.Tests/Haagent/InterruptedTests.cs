namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>haagent is killed at the beginning of each of its changes; the same command again brings it to the same end.</summary>
public sealed class InterruptedTests(BareCluster cluster) : IClassFixture<BareCluster>
{
    private static readonly string[] Setup = ["setup", "--existing-mount", BareCluster.Shared, "--yes"];
    private static readonly string[] Teardown = ["teardown", "--yes"];

    [Fact]
    public void SetupAndTeardown_KilledAtEachChange_ReachTheSameEnd()
    {
        // What an undisturbed run makes, and what it plans.
        string bare = cluster.State();
        string[] setup = Titles(cluster.Done(Setup));
        string whole = cluster.State();
        string[] teardown = Titles(cluster.Done(Teardown));
        Assert.Equal(bare, cluster.State());

        // The marked directory stays on the shared filesystem; without it setup begins from the very beginning.
        cluster.Script(BareCluster.Alice, "rm -r /srv/shared/haagent");
        Assert.Equal(11, setup.Length);
        KillAtEach(setup, Setup);
        cluster.Done(Setup);
        Assert.Equal(whole, cluster.State());
        Assert.Contains("Nothing to do.", cluster.Done(Setup), StringComparison.Ordinal);

        Assert.Equal(9, teardown.Length);
        KillAtEach(teardown, Teardown);
        cluster.Done(Teardown);
        Assert.Equal(bare, cluster.State());
        Assert.Contains("Nothing to do.", cluster.Done(Teardown), StringComparison.Ordinal);
    }

    /// <summary>
    /// Each run is killed at the first change that the run before did not come to. A change that was begun may end though haagent is gone, and
    /// with it what waits for it: so up to two changes are done before their turn.
    /// </summary>
    private void KillAtEach(string[] titles, string[] words)
    {
        int killed = Enumerable.Range(0, titles.Length).TakeWhile(i => cluster.KilledAt(titles[i..], words)).Count();
        Assert.InRange(killed, titles.Length - 2, titles.Length);
    }

    private static string[] Titles(string output) =>
        [.. output.Split('\n').Where(line => line.StartsWith('[')).Select(line => line[(line.IndexOf(']', StringComparison.Ordinal) + 2)..])];
}
