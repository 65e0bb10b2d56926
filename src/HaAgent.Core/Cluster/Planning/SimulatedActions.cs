using System.Xml.Linq;

namespace HaAgent.Core.Cluster.Planning;

/// <summary>What <c>crm_simulate --simulate --output-as=xml</c> says the cluster would do, in sentences.</summary>
public static class SimulatedActions
{
    /// <summary>One sentence for each resource that would be started, stopped, moved or restarted.</summary>
    /// <param name="document">The root element, pacemaker-result.</param>
    public static IReadOnlyList<string> Sentences(XElement document) =>
        [.. document.Elements("actions").Elements("rsc_action").Select(Sentence).OfType<string>()];

    private static string? Sentence(XElement action)
    {
        string resource = (string?)action.Attribute("resource") ?? "";
        string? node = (string?)action.Attribute("node");
        string? from = (string?)action.Attribute("source") ?? node;
        string? to = (string?)action.Attribute("dest") ?? node;
        string reason = (string?)action.Attribute("reason") is { } why ? $" ({why})" : "";

        // Pacemaker 2.1 writes "migrate", the text output "Migrate".
        return ((string?)action.Attribute("action"))?.ToLowerInvariant() switch
        {
            "leave" or null => null,
            "start" => $"start {resource} on {to}{reason}",
            "stop" => $"stop {resource} on {from}{reason}",
            "move" => $"move {resource} from {from} to {to}{reason}",
            "migrate" => $"migrate {resource} live from {from} to {to}{reason}",
            "restart" => $"restart {resource} on {from}{reason}",
            "recover" => $"recover {resource} from {from} to {to}{reason}",
            { } other => $"{other} {resource}{(node is null ? "" : $" on {node}")}{reason}",
        };
    }
}
