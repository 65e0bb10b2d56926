using System.Xml.Linq;
using HaAgent.Cluster.Simulating;

namespace HaAgent.Cluster.Planning;

/// <summary>What <c>crm_simulate --simulate --output-as=xml</c> says the cluster would do, in sentences.</summary>
public static class SimulatedActions
{
    /// <summary>One sentence for each resource that would be started, stopped, moved or restarted.</summary>
    /// <param name="document">The root element, pacemaker-result.</param>
    public static IReadOnlyList<string> Sentences(XElement document) => [.. SimulatedRun.Read(document).Actions.Select(Sentence)];

    /// <summary>One of them.</summary>
    public static string Sentence(SimulatedAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        (string resource, string? from, string? to) = (action.Resource, action.From, action.To);
        string reason = action switch
        {
            { Blocked: true } => $" (blocked: {action.Reason ?? "no reason given"})",
            { Reason: { } why } => $" ({why})",
            _ => "",
        };
        return action.Kind switch
        {
            "start" => $"start {resource} on {to}{reason}",
            "stop" => $"stop {resource} on {from}{reason}",
            "move" => $"move {resource} from {from} to {to}{reason}",
            "migrate" => $"migrate {resource} live from {from} to {to}{reason}",
            "restart" => $"restart {resource} on {from}{reason}",
            "recover" => $"recover {resource} from {from} to {to}{reason}",
            { } other => $"{other} {resource}{(from is null ? "" : $" on {from}")}{reason}",
        };
    }
}
