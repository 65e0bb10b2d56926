using HaAgent.EndToEnd.Tests.Cluster;
using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>A running guest goes from the agent of resource-agents to ours and back, as the process it is.</summary>
[Trait("Root", "any")]
public sealed class AdoptTests(BareCluster cluster) : IClassFixture<BareCluster>
{
    private const string Vm = "VM1";
    private const string Beside = "VM2";

    [Fact]
    public void AdoptAndRevert_RunningGuest_StaysTheSameProcessAndKeepsItsConnections()
    {
        cluster.Done("setup", "--existing-mount", BareCluster.Shared, "--yes");
        cluster.Define(Vm, BareCluster.Alice);
        cluster.Done("add", Vm, "--prefer", BareCluster.Alice, "--yes");
        cluster.Lab.Wait("answering", Vm);
        string before = Process(Vm);

        // What must run beside the guest is not stopped because nobody knows for a moment whether the guest runs.
        cluster.Define(Beside, BareCluster.Alice);
        cluster.Done("add", Beside, "--yes");
        cluster.Script(BareCluster.Alice, $"crm configure colocation c-beside inf: {Beside} {Vm}");
        cluster.Lab.Wait("started", Beside, BareCluster.Alice, ",", "idle");
        string beside = Process(Beside);
        using GuestSession session = cluster.Lab.Connect(Vm);

        cluster.Done("adopt", Vm, "--revert", "--yes");
        Assert.Contains($"primitive {Vm} VirtualDomain \\", cluster.Configuration(), StringComparison.Ordinal);
        Assert.Equal((before, beside), (Process(Vm), Process(Beside)));
        session.Ask();

        // Killed at each of its changes, and run again.
        string[] titles = [$"hand {Vm} over to ocf:haagent:VirtualDomain", $"let ocf:haagent:VirtualDomain look at {Vm}", $"see that {Vm} is still process", "let the cluster take"];
        int killed = Enumerable.Range(0, titles.Length).TakeWhile(i => cluster.KilledAt(titles[i..], "adopt", "--all", "--yes")).Count();
        Assert.InRange(killed, titles.Length - 1, titles.Length);
        cluster.Done("adopt", "--all", "--yes");
        Assert.Contains($"primitive {Vm} ocf:haagent:VirtualDomain \\", cluster.Configuration(), StringComparison.Ordinal);
        Assert.DoesNotContain("maintenance", cluster.Configuration(), StringComparison.Ordinal);
        Assert.DoesNotContain("haagent-adopting", cluster.Configuration(), StringComparison.Ordinal);
        Assert.Equal((before, beside), (Process(Vm), Process(Beside)));
        session.Ask();
        Assert.Contains("Nothing to do.", cluster.Done("adopt", Vm, "--yes"), StringComparison.Ordinal);

        // The cluster has it in hand: it monitors it and moves it.
        cluster.Script(BareCluster.Alice, "crm configure delete c-beside");
        cluster.Lab.Wait("idle");
        cluster.Lab.Run("place", Vm, BareCluster.Bob);
        session.Ask();

        Finished refused = cluster.Haagent("adopt", "cl-virt-lock", "--yes");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("the cluster has no guest cl-virt-lock", refused.Output, StringComparison.Ordinal);
    }

    private string Process(string guest) => cluster.Script(BareCluster.Alice, $"cat /run/libvirt/qemu/{guest}.pid");
}
