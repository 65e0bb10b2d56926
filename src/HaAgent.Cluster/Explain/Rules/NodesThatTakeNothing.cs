using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Explain.Rules;

/// <summary>Nodes that take no resource at the moment.</summary>
internal static class NodesThatTakeNothing
{
    public static IEnumerable<Cause> Look(ExplainScope scope)
    {
        bool none = !scope.Status.Nodes.Any(n => scope.Status.TakesResources(n.Name));
        foreach (NodeStatus node in scope.Status.Nodes.Where(n => !scope.Status.TakesResources(n.Name) && !n.Unclean))
        {
            (string why, string next) = node switch
            {
                { Online: false } => ("is offline", $"start it, and the cluster on it (crm cluster start {node.Name})"),
                { Pending: true } => ("is joining the cluster", "wait until it has joined"),
                { Maintenance: true } => ("is in maintenance: what is there is left as it is", $"crm node ready {node.Name}"),
                _ => ("is in standby: it takes no resources", $"crm node online {node.Name}"),
            };
            string sentence = $"{node.Name} {why}";
            if (node.Maintenance && scope.RunsOn.Contains(node.Name))
                yield return Cause.Certain(sentence, next);
            else
                yield return none && !scope.Runs ? Cause.Certain(sentence, next) : Cause.Likely(sentence, next);
        }
    }
}
