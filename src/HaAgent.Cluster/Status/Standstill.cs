using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Status;

/// <summary>DLM on a node waits for another to be fenced: whoever touches the volume there stands still until then.</summary>
/// <param name="Sentence">What stands still, where and why.</param>
/// <param name="Next">What ends it.</param>
public sealed record Standstill(string Sentence, Advice Next)
{
    /// <summary>Longer than a fence takes: SBD by default writes, and waits for the watchdog, within half of that.</summary>
    private static readonly TimeSpan LongestFence = TimeSpan.FromMinutes(2);

    /// <summary>It is what a fence takes, and ends by itself.</summary>
    public bool IsPending { get; private init; }

    /// <summary>Those of a node.</summary>
    public static IEnumerable<Standstill> Of(NodeFacts node, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (DlmWait wait in node.DlmWaits.Value ?? [])
        {
            string? name = snapshot.Cib.NodeOf(wait.Node);
            bool isPending =
                wait.For < LongestFence && name is not null && !snapshot.Status.FencingFails(name) && CannotFence(node) is null;
            string lost = name ?? string.Create(CultureInfo.InvariantCulture, $"node {wait.Node}");
            string time = string.Create(CultureInfo.InvariantCulture, $"{wait.For.TotalSeconds:0} s");
            yield return new Standstill(
                $"the cluster volume stands still on {node.Name}: DLM there has been waiting for {lost} to be fenced for {time}",
                CannotFence(node)?.Next
                    ?? (
                        isPending
                            ? Advice.Of($"wait until it is fenced (stonith_admin --history {name!} shows it), then run this again")
                            : Advice.Of(
                                $"see why it is not fenced (stonith_admin --history {name ?? "*"}); if it is certainly off: "
                                    + $"dlm_tool fence_ack {wait.Node}, on {node.Name}"
                            )
                    )
            )
            {
                IsPending = isPending,
            };
        }
    }

    /// <summary>Why DLM on a node could not have another one fenced; null: nothing is known that keeps it from that.</summary>
    public static Standstill? CannotFence(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.DlmHelper is not { Value: { Opens: false } helper })
            return null;
        string present = helper.Installed.IsKnown(out string? path) ? $"; there is {path}" : "";
        return new Standstill(
            $"DLM on {node.Name} cannot have a crashed node fenced, and the cluster volume would stand still for ever: its "
                + $"dlm_stonith opens {helper.Library}, which is not there{present}",
            path is null
                ? Advice.Of($"install Pacemaker's library {helper.Library} on {node.Name}")
                : Advice.Of(
                    $"ln -s {path} {path[..(path.LastIndexOf('/') + 1)] + helper.Library} on {node.Name}, until its dlm_stonith is "
                        + $"one that was built for this Pacemaker"
                )
        );
    }

    /// <summary>Whether anything in the configuration needs DLM.</summary>
    public static bool Concerns(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        return cib.Primitives.Any(primitive => primitive.Agent == AgentName.Controld);
    }
}
