using System.Text.Json.Nodes;
using HaAgent.EndToEnd.Tests.Cluster;

namespace HaAgent.EndToEnd.Tests.Haagent;

[Collection(nameof(GuestCollection))]
public sealed class EvacuateTests(GuestCluster cluster)
{
    private const string Vm1 = GuestCluster.Vm1;

    [Fact]
    [Trait("Root", "any")]
    public void Evacuate_GuestRunsThere_MovesAliveAndTheNodeIsEmpty()
    {
        (string here, string there) = cluster.Vm1Runs();
        using GuestSession session = cluster.Lab.Connect(Vm1);

        string text = cluster.Ends(0, "evacuate", here, "--yes");

        Assert.Contains($"ok: {Vm1}: will migrate to {there}\n", text, StringComparison.Ordinal);
        Assert.Contains($"s  {Vm1} started on {there}\n", text, StringComparison.Ordinal);
        Assert.EndsWith($"ok: {here} is empty and in standby; when it may work again: crm node online {here}\n", text, StringComparison.Ordinal);
        Assert.Equal(session.First.BootId, session.Ask().BootId);
        Assert.Empty(cluster.Lab.Copies(Vm1, here));
        Assert.Contains($"{here} is in standby already, and no virtual machine is on it", cluster.Ends(0, "evacuate", here, "--yes"), StringComparison.Ordinal);
        cluster.Bare.Script(there, $"crm node online {here}");
    }

    [Fact]
    [Trait("Root", "any")]
    public void Evacuate_DryRun_SaysWhatWouldBeAndChangesNothing()
    {
        (string here, string there) = cluster.Vm1Runs();
        string before = cluster.Bare.State();

        string shown = cluster.Ends(0, "evacuate", here, "--dry-run");
        Assert.StartsWith($"ok: {Vm1}: will migrate to {there}\nBesides, the cluster will:\n", shown, StringComparison.Ordinal);
        Assert.Matches($"\n     stop [^ ]+ on {here}", shown);
        Assert.StartsWith("The cluster runs no virtual machine on " + there + ".\n", cluster.Ends(0, "evacuate", there, "--dry-run"), StringComparison.Ordinal);
        JsonNode guest = JsonNode.Parse(cluster.Ends(0, "evacuate", here, "--dry-run", "--json"))!["guests"]![0]!;

        Assert.Equal("migrate", (string?)guest["fate"]);
        Assert.Equal(there, (string?)guest["to"]);
        Assert.Equal(before, cluster.Bare.State());
        Assert.Equal(here, cluster.Lab.Run("where", Vm1));
    }

    [Fact]
    public void Evacuate_GuestCanRunNowhereElse_IsRefusedUnlessItIsToBeStopped()
    {
        (string here, string there) = cluster.Vm1Runs();
        cluster.Bare.Script(BareCluster.Alice, $"crm_resource --resource {Vm1} --ban --node {there}");
        cluster.Lab.Wait("idle");
        string before = cluster.Bare.State();

        Assert.Contains($"error: {Vm1}: stuck, because {there} is forbidden by cli-ban-{Vm1}-on-{there}\n", cluster.Ends(1, "evacuate", here, "--dry-run"), StringComparison.Ordinal);
        Assert.Contains($"Refused: {Vm1} cannot go elsewhere now.", cluster.Ends(3, "evacuate", here, "--yes"), StringComparison.Ordinal);
        Assert.Equal(before, cluster.Bare.State());

        cluster.Ends(0, "evacuate", here, "--yes", "--stop-stuck");
        Assert.Empty(cluster.Lab.Copies(Vm1));
        cluster.Bare.Script(there, $"crm node online {here}");
    }

    [Fact]
    public void Evacuate_OtherNodeGoesWhileTheAdminThinks_IsNotDoneAsItWasShown()
    {
        (string here, string there) = cluster.Vm1Runs();
        string attribute = $"crm_attribute --type status --node {there} --name standby";
        try
        {
            string seen = cluster.Bare.AnswersLate($"evacuate {here}", $"{attribute} --update on", "into standby?");

            Assert.StartsWith("status 3", seen, StringComparison.Ordinal);
            Assert.Contains("the cluster is no longer as it was when this was shown", seen, StringComparison.Ordinal);
            Assert.Contains($"{Vm1}: stuck, because {there} is in standby", seen, StringComparison.Ordinal);
            Assert.Equal(here, cluster.Lab.Run("where", Vm1));
        }
        finally
        {
            cluster.Bare.Script(there, $"{attribute} --delete");
            cluster.Lab.Wait("idle");
        }
    }

    [Fact]
    public void Evacuate_NobodyToAsk_ChangesNothing()
    {
        (string here, _) = cluster.Vm1Runs();
        string before = cluster.Bare.State();

        Assert.Contains("Add --yes to go ahead without a question.", cluster.Ends(6, "evacuate", here), StringComparison.Ordinal);

        Assert.Equal(before, cluster.Bare.State());
    }

    /// <summary>What Pacemaker's own judge has not seen is not put into force.</summary>
    [Fact]
    public void Evacuate_NobodyJudgesTheConfiguration_ItIsNotChanged()
    {
        (string here, _) = cluster.Vm1Runs();
        string before = cluster.Bare.State();

        Node.Finished finished = cluster.WithoutCrmVerify("evacuate", here, "--yes");

        Assert.Equal(3, finished.ExitCode);
        Assert.Contains("haagent cannot tell whether the configuration would be sound afterwards: crm_verify gives no answer", finished.Error, StringComparison.Ordinal);
        Assert.Equal(before, cluster.Bare.State());
        Assert.Equal(here, cluster.Lab.Run("where", Vm1));
    }

    [Fact]
    public void Evacuate_UnknownNode_NamesTheNodesThereAre() =>
        Assert.Contains("The cluster has no node carol; it has alice, bob.", cluster.Ends(3, "evacuate", "carol", "--yes"), StringComparison.Ordinal);
}
