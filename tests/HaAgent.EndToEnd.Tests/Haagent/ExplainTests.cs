using System.Text.Json.Nodes;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>True situations, and what explain makes of them.</summary>
[Collection(nameof(GuestCollection))]
public sealed class ExplainTests(GuestCluster cluster)
{
    private const string Vm1 = GuestCluster.Vm1;

    [Fact]
    public void Explain_ItRuns_HowItCameThere()
    {
        (string here, string there) = cluster.Vm1Runs();
        cluster.Place(there);

        JsonNode explanation = Explain();

        Assert.Equal($"{Vm1} runs on {there}; its locks are held by {there}", (string?)explanation["headline"]);
        Assert.StartsWith($"It was migrated live from {here} to {there} on ", Certain(explanation)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_ToldToBeStopped_ThatIsWhy()
    {
        cluster.Vm1Runs();
        cluster.Bare.Script(BareCluster.Alice, $"crm resource stop {Vm1}");
        cluster.Lab.Wait("stopped", Vm1);

        string text = cluster.Ends(0, "explain", Vm1);

        Assert.StartsWith($"{Vm1} does not run.\n", text, StringComparison.Ordinal);
        Assert.Contains($"1. [certain] {Vm1} is told to be stopped (target-role=Stopped).\n       Next: crm resource start {Vm1}.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_BannedFromEveryNode_NamesTheBansAndTheWayOut()
    {
        cluster.Vm1Runs();
        cluster.Bare.Script(BareCluster.Alice, $"crm_resource --resource {Vm1} --ban --node alice && crm_resource --resource {Vm1} --ban --node bob");
        cluster.Lab.Wait("stopped", Vm1, ",", "idle");

        JsonNode explanation = Explain();

        Assert.Equal([Banned("alice"), Banned("bob")], Certain(explanation));
        Assert.Equal($"crm resource clear {Vm1}", (string?)explanation["causes"]![0]!["next"]);
    }

    [Fact]
    public void Explain_StartedByHandElsewhere_TheLockRefusedTheClustersStart()
    {
        cluster.Vm1Runs();
        cluster.Bare.Script(BareCluster.Alice, $"crm resource stop {Vm1}");
        cluster.Lab.Wait("stopped", Vm1);
        cluster.Bare.Script(BareCluster.Bob, $"virsh -q create /mnt/shared/{Vm1}.xml");
        try
        {
            // The cluster would find it on bob, were it allowed to look there.
            cluster.Bare.Script(BareCluster.Alice, $"crm_resource --resource {Vm1} --ban --node bob && crm resource start {Vm1}");
            cluster.Lab.Wait("failed", Vm1, ",", "idle");

            JsonNode explanation = Explain();

            Assert.Equal($"{Vm1} does not run", (string?)explanation["headline"]);
            string[] certain = Certain(explanation);
            Assert.StartsWith($"{Vm1} is active on bob, where the cluster does not run it", certain[0], StringComparison.Ordinal);
            Assert.StartsWith("Its start failed on alice on ", certain[1], StringComparison.Ordinal);
            Assert.Contains("locked by another node", certain[1], StringComparison.Ordinal);
            Assert.Single(cluster.Lab.Copies(Vm1));
            string status = cluster.Ends(0, "status");
            Assert.Contains($"error: {Vm1}: it is active on bob, where the cluster does not run it", status, StringComparison.Ordinal);
            Assert.Contains($"warning: {Vm1}: start failed on alice (error): ", status, StringComparison.Ordinal);
        }
        finally
        {
            cluster.Bare.Script(BareCluster.Bob, $"virsh -q destroy {Vm1}");
        }
    }

    [Theory]
    [InlineData("VM9", "The cluster has no virtual machine VM9; it has VM1.")]
    [InlineData("shared", "shared is no virtual machine: its agent is Filesystem.")]
    public void Explain_NoGuestOfTheCluster_SaysWhatThereIs(string name, string sentence) =>
        Assert.Contains(sentence, cluster.Ends(3, "explain", name), StringComparison.Ordinal);

    private static string Banned(string node) =>
        $"It may not run on {node}: the location constraint cli-ban-{Vm1}-on-{node} forbids it. It was left behind by 'crm resource move' or 'ban'";

    private JsonNode Explain() => JsonNode.Parse(cluster.Ends(0, "explain", Vm1, "--json"))!;

    private static string[] Certain(JsonNode explanation) =>
        [.. explanation["causes"]!.AsArray().Where(c => (string?)c!["likelihood"] == "certain").Select(c => (string)c!["sentence"]!)];
}
