using HaAgent.Cluster.Facts;

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
            foreach ((string peer, string? reason) in node.Logins.Where(l => l.Value is not null))
            {
                good = false;
                yield return new Finding(Name, Severity.Error, $"root on {node.Name} cannot log in to {peer}, so guests cannot be moved there: {reason}", $"ssh-copy-id root@{peer}, on {node.Name}");
            }
        }

        if (good)
            yield return new Finding(Name, Severity.Ok, "root logs in between all nodes, each way, without a password", null);
    }
}
