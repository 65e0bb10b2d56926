using System.Text.Json.Nodes;

namespace HaAgent.EndToEnd.Tests.Haagent;

[Collection(nameof(GuestCollection))]
public sealed class StatusTests(GuestCluster cluster)
{
    private const string Vm1 = GuestCluster.Vm1;

    [Fact]
    public void Status_GuestWasMoved_TellsWhereItIsWhoHoldsItsLockAndHowItCame()
    {
        (string here, string there) = cluster.Vm1Runs();
        cluster.Place(there);

        JsonNode status = JsonNode.Parse(cluster.Ends(0, "status", "--json"))!;

        Assert.True((bool)status["quorum"]!);
        Assert.Equal(["online", "online"], status["nodes"]!.AsArray().Select(n => (string?)n!["state"]));
        Assert.Equal([BareCluster.Alice, BareCluster.Bob], status["lockStorage"]![0]!["runsOn"]!.AsArray().Select(n => (string?)n));
        JsonNode guest = Assert.Single(status["guests"]!.AsArray())!;
        Assert.Equal(there, (string?)Assert.Single(guest["nodes"]!.AsArray()));
        Assert.Equal("running", (string?)guest["state"]);
        Assert.Equal(there, (string?)guest["leaseHolder"]);
        Assert.Equal(here, (string?)guest["lastMigration"]!["from"]);
        Assert.Equal(there, (string?)guest["lastMigration"]!["to"]);
        Assert.NotNull(guest["lastMigration"]!["downtimeMilliseconds"]);
        Assert.Empty(guest["failures"]!.AsArray());
        Assert.Empty(guest["dangers"]!.AsArray());

        // For people, off a terminal: the same, plain.
        string text = cluster.Ends(0, "status");
        Assert.Matches($@"{Vm1} +{there} +running +{there} +{here} to {there}, .* downtime \d+ ms", text);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public void Status_NodeDoesNotAnswer_SaysSoAndShowsTheRest()
    {
        cluster.Vm1Runs();
        cluster.Place(BareCluster.Alice);
        cluster.Bare.Script(BareCluster.Bob, "kill $(cat /run/sshd.pid)");

        string text = cluster.Ends(4, "status");

        Assert.Contains("warning: bob could not be asked, so what it does is not seen: ssh: connect to host bob port 22: Connection refused", text, StringComparison.Ordinal);
        Assert.Matches($@"{Vm1} +{BareCluster.Alice} +running +{BareCluster.Alice}", text);
        Assert.StartsWith("bob could not be asked", (string?)Assert.Single(JsonNode.Parse(cluster.Ends(4, "explain", Vm1, "--json"))!["notLearned"]!.AsArray()), StringComparison.Ordinal);
        Assert.StartsWith("whether bob also runs guests", (string?)Assert.Single(JsonNode.Parse(cluster.Ends(4, "evacuate", "bob", "--dry-run", "--json"))!["notLearned"]!.AsArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("explain", Vm1)]
    [InlineData("evacuate", "bob", "--yes")]
    [InlineData("verify", Vm1)]
    public void AnyVerb_ClusterIsNotReached_OneSentence(params string[] words)
    {
        // Without its socket, Pacemaker is as good as not running: /dev/shm is where its clients find it.
        Node.Finished finished = cluster.Lab.Try(["exec", BareCluster.Alice, "unshare", "-n", "-m", "--propagation", "private", "sh", "-c", "mount -t tmpfs none /dev/shm && exec \"$@\"", "sh", "haagent", .. words]);

        Assert.Equal(4, finished.ExitCode);
        Assert.StartsWith("The cluster does not answer on this node", Assert.Single(finished.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("explain", Vm1)]
    [InlineData("evacuate", "bob", "--yes")]
    [InlineData("verify", Vm1)]
    public void AnyVerb_OrdinaryUser_IsToldToBeRoot(params string[] words)
    {
        Node.Finished finished = cluster.Lab.Try(["exec", BareCluster.Alice, "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "haagent", .. words]);

        Assert.Equal(3, finished.ExitCode);
        Assert.Contains("you are not root", finished.Error, StringComparison.Ordinal);
    }
}
