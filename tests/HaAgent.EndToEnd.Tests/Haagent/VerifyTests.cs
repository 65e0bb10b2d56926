using System.Text.Json.Nodes;
using HaAgent.EndToEnd.Tests.Cluster;
using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

[Collection(nameof(GuestCollection))]
public sealed class VerifyTests(GuestCluster cluster)
{
    private const string Vm1 = GuestCluster.Vm1;

    /// <summary>The lab's guest has no SSH; it answers every line on port 7.</summary>
    private static readonly string[] Port = ["--port", "7", "--send", "hello"];

    [Fact]
    public void Verify_NobodyJudgesTheConfiguration_NothingIsMoved()
    {
        (string here, _) = cluster.Vm1Runs();
        string before = cluster.Bare.State();

        Finished finished = cluster.WithoutCrmVerify(["verify", Vm1, "--only", "migrate", "--address", cluster.Address, .. Port]);

        Assert.Equal(5, finished.ExitCode);
        Assert.Contains("crm_verify gives no answer", finished.Error, StringComparison.Ordinal);
        Assert.Equal(before, cluster.Bare.State());
        Assert.Equal(here, cluster.Lab.Run("where", Vm1));
    }

    [Fact]
    [Trait("Root", "any")]
    public void Verify_ClusterMadeByHaagent_PassesTheGuidesFourTests()
    {
        cluster.Vm1Runs();
        (int boots, int fencings) = (cluster.Lab.Boots(BareCluster.Bob), cluster.Lab.Fencings(BareCluster.Bob));

        // Whoever has spoken with the guest knows its address by its network card.
        cluster.Bare.Script(BareCluster.Alice, $"ping -c 1 -w 10 {cluster.Address}");
        Finished finished = cluster.Bare.Haagent(["verify", Vm1, .. Port, "--yes-i-mean", BareCluster.Bob, "--json"]);

        Assert.True(finished.ExitCode == 0, finished.Output + finished.Error);
        JsonArray tests = JsonNode.Parse(finished.Output)!["tests"]!.AsArray();
        Assert.Equal(["lock passed", "migrate passed", "reboot passed", "crash passed"], tests.Select(t => $"{t!["test"]} {t["verdict"]}"));
        Assert.Contains("(libvirt error 87/51)", (string?)tests[0]!["seen"], StringComparison.Ordinal);
        Assert.Matches(@"the same connection \(\S+ → \S+:7\) stayed open, longest gap", (string?)tests[1]!["seen"]);
        Assert.Equal(boots + 2, cluster.Lab.Boots(BareCluster.Bob));
        Assert.Equal(fencings + 1, cluster.Lab.Fencings(BareCluster.Bob));
        Assert.Single(cluster.Lab.Copies(Vm1));
        Assert.DoesNotContain("cli-", cluster.Bare.Configuration(), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_KilledWhileTheGuestMoves_LeavesNothingBehindAndIsRepeated()
    {
        (string here, string there) = cluster.Vm1Runs();
        using GuestSession session = cluster.Lab.Connect(Vm1);

        Assert.Equal("killed", KilledAt("migrating on", ["verify", Vm1, "--only", "migrate", "--address", cluster.Address, .. Port]));
        string again = cluster.Ends(0, ["verify", Vm1, "--only", "migrate", "--address", cluster.Address, .. Port]);

        // There by the first, back by the second; nobody restarted it, nothing failed, and no constraint is left.
        Assert.Contains($"ok: migrate: runs on {here} after ", again, StringComparison.Ordinal);
        Assert.Equal(here, cluster.Lab.Run("where", Vm1));
        Assert.Equal(session.First.BootId, session.Ask().BootId);
        Assert.Empty(cluster.Lab.Copies(Vm1, there));
        Assert.DoesNotContain("cli-", cluster.Bare.Configuration(), StringComparison.Ordinal);
        Assert.Equal("0", cluster.Bare.Script(BareCluster.Alice, "crm_mon --output-as=xml -1 | grep -c '<failure ' || true"));
    }

    [Fact]
    public void Verify_NodeForgotItsLockManager_TheSecondCopyIsDestroyedAndReported()
    {
        (string here, string there) = cluster.Vm1Runs();

        // Its file says lockd, but the daemon has not read it since.
        cluster.Bare.Script(there, """
            cp -p /etc/libvirt/qemu.conf /run/qemu.conf
            sed -i '/^lock_manager/d' /etc/libvirt/qemu.conf
            /lab/machine/service stop libvirtd; /lab/machine/service start libvirtd
            virsh -q list > /dev/null # it answers when its drivers have read their files
            cp -p /run/qemu.conf /etc/libvirt/qemu.conf
            """);
        try
        {
            string text = cluster.Ends(1, ["verify", Vm1, "--address", cluster.Address, .. Port]);

            Assert.Contains($"error: lock: a SECOND COPY was started on {there}; it was destroyed at once.", text, StringComparison.Ordinal);
            Assert.Contains("The other tests are not run", text, StringComparison.Ordinal);
            Assert.Empty(cluster.Lab.Copies(Vm1, there));
            Assert.Single(cluster.Lab.Copies(Vm1, here));
        }
        finally
        {
            cluster.Bare.Script(there, "/lab/machine/service stop libvirtd; /lab/machine/service start libvirtd");
        }
    }

    [Fact]
    public void Verify_NoSuchService_NothingIsMoved()
    {
        (string here, _) = cluster.Vm1Runs();

        string text = cluster.Ends(1, "verify", Vm1, "--only", "migrate", "--address", cluster.Address, "--port", "9");

        Assert.Contains($"error: migrate: not moved, because no connection could be kept open: {cluster.Address} port 9: Connection refused", text, StringComparison.Ordinal);
        Assert.Equal(here, cluster.Lab.Run("where", Vm1));
    }

    [Fact]
    public void Verify_NodeIsNotNamed_NothingHappensToIt()
    {
        cluster.Vm1Runs();
        cluster.Place(BareCluster.Bob);
        int boots = cluster.Lab.Boots(BareCluster.Bob);

        Assert.Contains("Add --yes-i-mean bob if you mean it.", cluster.Ends(6, "verify", Vm1, "--only", "crash"), StringComparison.Ordinal);
        Assert.Contains("'alice' is not bob: it was not touched.", cluster.Ends(6, "verify", Vm1, "--only", "reboot", "--yes-i-mean", "alice"), StringComparison.Ordinal);

        Assert.Equal(BareCluster.Bob, cluster.Lab.Run("where", Vm1));
        Assert.Equal(boots, cluster.Lab.Boots(BareCluster.Bob));
    }

    [Fact]
    public void Verify_NoGuestOfTheCluster_NamesThoseThereAre() =>
        Assert.Contains("Refused: the cluster has no virtual machine VM9. What to do: name one of VM1.", cluster.Ends(3, "verify", "VM9"), StringComparison.Ordinal);

    [Theory]
    [InlineData("--only", "lock,migration")]
    [InlineData("--only", ",")]
    [InlineData("--port", "70000")]
    [InlineData("--wait", "0")]
    public void Verify_WrongCommandLine_IsStatus2(params string[] words) => Assert.NotEmpty(cluster.Ends(2, ["verify", Vm1, .. words]));

    /// <summary>Runs haagent on alice and kills it as soon as it has printed a text; says "killed", or what it printed to its end.</summary>
    private string KilledAt(string text, string[] words) => cluster.Lab.Run(["exec", BareCluster.Alice, "sh", "-c", """
        text=$1; shift
        haagent "$@" > /tmp/haagent.out 2>&1 &
        pid=$!
        while kill -0 $pid 2> /dev/null; do
          if grep -qF "$text" /tmp/haagent.out; then kill -9 $pid; echo killed; exit 0; fi
          sleep 0.01
        done
        cat /tmp/haagent.out
        """, "sh", text, .. words]);
}
