using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Status;

namespace HaAgent.Cluster.Verify;

/// <summary>What else goes down with a node that a test takes away.</summary>
public static class FailoverWarning
{
    /// <summary>What is about to be done, and what it means for the other guests of the node.</summary>
    /// <param name="test">Reboot or crash.</param>
    /// <param name="node">The node.</param>
    /// <param name="guest">The guest that is tested.</param>
    /// <param name="movesFirst">Whether the guest is moved there before.</param>
    /// <param name="scope">What was seen.</param>
    public static string Of(GuideTest test, string node, string guest, bool movesFirst, WatchScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        Snapshot snapshot = scope.Snapshot;
        string deed = test == GuideTest.Crash ? "crashed (no clean shutdown; the cluster fences it)" : "rebooted";
        string moved = movesFirst ? $", after {guest} was moved there so that this node can watch" : "";
        string[] others =
        [
            .. snapshot
                .Cib.Primitives.Where(p => p.Agent.IsVirtualMachine && p.Id != guest && snapshot.Status.Anywhere(p.Id).Contains(node))
                .Select(p => p.Id),
        ];
        string also = others.Length > 0 ? $" It also runs {string.Join(", ", others)}." : "";
        NodeFacts facts = snapshot.Node(node);
        string foreign = facts.Unreachable is { } failure
            ? NotLearned(failure.Sentence)
            : facts.Guests.Match(
                guests => Foreign([.. guests.Keys.Except(scope.Guests.Select(g => g.DomainName)).Order(StringComparer.Ordinal)]),
                () => "",
                NotLearned
            );
        return $"{node} will be {deed}{moved}.{also}{foreign}";
    }

    private static string Foreign(string[] guests) =>
        guests.Length == 0
            ? ""
            : $" It also runs {string.Join(", ", guests)}, which {(guests.Length == 1 ? "is" : "are")} not the cluster's: they go down "
                + "with it, and nothing starts them again.";

    private static string NotLearned(string why) =>
        $" Whether it also runs guests that are not the cluster's, which nothing would start again, could not be learned: "
        + $"{why.TrimEnd('.')}.";
}
