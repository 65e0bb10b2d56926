using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Evacuate;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Simulating;
using HaAgent.Cluster.Status;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Verify;

/// <summary>The tests of the guide's section 18.6, in its order.</summary>
public enum GuideTest
{
    /// <summary>The guest cannot be started where it does not run.</summary>
    Lock,

    /// <summary>It moves live, and connections to it stay.</summary>
    Migrate,

    /// <summary>Its node is rebooted.</summary>
    Reboot,

    /// <summary>Its node crashes.</summary>
    Crash,
}

/// <summary>How a test ended.</summary>
public enum Verdict
{
    /// <summary>As the guide expects.</summary>
    Passed,

    /// <summary>The guest is safe, but not by what was to be proven.</summary>
    Otherwise,

    /// <summary>Not as the guide expects.</summary>
    Failed,

    /// <summary>What was to be learned was not.</summary>
    Unknown,
}

/// <summary>A test, what was expected and what was seen.</summary>
/// <param name="Test">Which.</param>
/// <param name="Expected">What the guide expects.</param>
/// <param name="Seen">What happened.</param>
/// <param name="Verdict">How they compare.</param>
public sealed record GuideTestResult(GuideTest Test, string Expected, string Seen, Verdict Verdict);

/// <summary>Where a guest's tests take place: the node it runs on, and the other one.</summary>
/// <param name="Home">Where it runs.</param>
/// <param name="Other">A second node that could take it.</param>
public sealed record TestNodes(string Home, string Other)
{
    /// <summary>Chooses the nodes, or says what stands in the way.</summary>
    /// <param name="guest">The guest's name in the cluster.</param>
    /// <param name="self">Where haagent runs: preferred as the other node, so that it can watch.</param>
    /// <param name="cib">The configuration.</param>
    /// <param name="status">The cluster's status.</param>
    /// <param name="refusal">What stands in the way.</param>
    public static TestNodes? Choose(string guest, string self, Cib cib, ClusterStatus status, out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(cib);
        ArgumentNullException.ThrowIfNull(status);
        refusal = Objection(guest, cib, status);
        if (refusal is not null)
            return null;
        string home = status.Where(guest).First();
        ClusterHistory history = ClusterHistory.Of(cib);
        var obstacles = cib
            .Nodes.Where(n => n != home)
            .OrderByDescending(n => n == self)
            .ToDictionary(n => n, n => NodeObstacle.Find(guest, n, cib, status, history, new SimulatedRun()));
        string? other = obstacles.Where(o => o.Value is null).Select(o => o.Key).FirstOrDefault();
        if (other is null)
            refusal = new Refusal(
                $"no second node can take {guest}{(obstacles.Count > 0 ? ": " : "")}{string.Join("; ", obstacles.Values)}",
                $"mend that, then run this again"
            );
        return other is null ? null : new TestNodes(home, other);
    }

    /// <summary>Why the node must not be crashed: without fencing nothing would start the guest elsewhere, and nothing should; and where
    /// DLM cannot have it fenced, or nobody knows whether it can, the volume would stand still for ever.</summary>
    public static Refusal? CrashObjection(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Cib cib = snapshot.Cib;
        var fencing = FencingSetup.Of(cib);
        if (!fencing.IsEnabled)
            return new Refusal(
                $"fencing is switched off ({FencingSetup.Enabled(cib)}=false), so the cluster would wait for ever after a crash",
                $"configure fencing and switch it on (crm configure property {FencingSetup.Enabled(cib)}=true); haagent check says "
                    + $"what is missing"
            );
        if (!fencing.IsThere)
            return new Refusal(
                "no fencing device is configured, so the cluster would wait for ever after a crash",
                $"configure one (crm configure primitive … stonith:…); haagent check says what is missing"
            );
        if (snapshot.Nodes.Select(Standstill.CannotFence).FirstOrDefault(standstill => standstill is not null) is { } trouble)
            return new Refusal(trouble.Sentence, trouble.Next);
        return Standstill.Concerns(cib)
            ? snapshot
                .Nodes.Select(node =>
                    node.DlmHelper.IsNotLearned(out string? why)
                        ? Refusal.NotLearned("how DLM has nodes fenced", node.Name, node.Unreachable?.Sentence ?? why)
                        : null
                )
                .FirstOrDefault(refusal => refusal is not null)
            : null;
    }

    private static Refusal? Objection(string guest, Cib cib, ClusterStatus status)
    {
        Primitive[] guests = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        if (!guests.Any(p => p.Id == guest))
            return new Refusal(
                $"the cluster has no virtual machine {guest}",
                guests.Length == 0 ? Advice.Of($"add one first (haagent add)") : $"name one of {Prose.List(guests.Select(g => g.Id))}"
            );
        if (!status.HasQuorum)
            return new Refusal("this part of the cluster has no quorum", $"mend the cluster first (crm_mon -1)");
        if (status.Where(guest).Count() != 1)
            return new Refusal(
                $"{guest} does not run, or something is under way with it",
                $"have it run on one node first (haagent explain {guest})"
            );
        if (ClusterBoolean.IsTrue(cib.Property("maintenance-mode")) || status.Resources.Any(r => r.Id == guest && !r.Managed))
            return new Refusal(
                $"the cluster does not manage {guest} at the moment",
                $"end the maintenance first (crm resource manage {guest}, crm maintenance off)"
            );
        return Placement.All(cib).FirstOrDefault(p => p.Resource == guest && p.IsLeftByMove) is { } left
            ? new Refusal(
                $"an earlier 'crm resource move' or 'ban' has left the constraint {left.Id}",
                $"once nothing is under way any more (crm_resource --wait): crm resource clear {guest}"
            )
            : null;
    }
}

/// <summary>The guest's IP address, as a node's neighbour table knows it by the guest's hardware address.</summary>
public static class GuestAddress
{
    /// <summary>The address, or null when no node has heard of it.</summary>
    /// <param name="guest">The guest's XML.</param>
    /// <param name="nodes">The nodes, those first that are to be believed first.</param>
    public static string? Find(GuestDocument guest, IEnumerable<NodeFacts> nodes)
    {
        ArgumentNullException.ThrowIfNull(guest);
        return nodes
            .SelectMany(node => guest.HardwareAddresses.Select(card => node.Neighbours.Value?.GetValueOrDefault(card)))
            .FirstOrDefault(address => address is not null);
    }
}
