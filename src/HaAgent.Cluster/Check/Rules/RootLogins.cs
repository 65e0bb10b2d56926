using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.2: passwordless root SSH between the nodes, each way.</summary>
internal static class RootLogins
{
    private const string Name = "root logins";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        bool good = true;
        foreach (NodeFacts node in scope.Snapshot.Reached)
        {
            if (Finding.Unless(Name, "whether the other nodes are reached", node, node.Peers) is { } unknown)
            {
                good = false;
                yield return unknown;
            }

            foreach ((string peer, PeerFact fact) in node.Peers.Value?.Where(peer => !peer.Value.Reached) ?? [])
            {
                good = false;
                yield return new Finding(Name, Severity.Error, $"{node.Name} does not reach haagent on {peer} by ssh: {fact.Words}", $"ssh-copy-id root@{peer}, on {node.Name}");
            }
        }

        if (good)
            yield return new Finding(Name, Severity.Ok, "root logs in between all nodes, each way, without a password", null);
    }
}
