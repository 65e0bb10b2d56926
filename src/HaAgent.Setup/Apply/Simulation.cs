using System.Xml.Linq;
using HaAgent.Core.Cluster.Configuration;
using HaAgent.Setup.Nodes;

namespace HaAgent.Setup.Apply;

/// <summary>What the cluster would do with another configuration, as crm_simulate computes it with the cluster's own scheduler.</summary>
internal static class Simulation
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>One sentence for each resource that would be started, stopped, moved or restarted.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(Cib cib)
    {
        ShellResult result = await NodeShell.RunHereAsync($$"""
            file=$(mktemp)
            trap 'rm -f "$file"' EXIT
            cat > "$file" <<'END OF CIB'
            {{cib.ToXml()}}
            END OF CIB
            crm_simulate --simulate --xml-file "$file" --output-as=xml
            """, Limit);
        if (!result.Succeeded)
            return [$"crm_simulate gives no answer: {result.Reason}"];
        XElement root = XElement.Parse(result.Output);
        return [.. root.Elements("actions").Elements("rsc_action").Select(Sentence).OfType<string>()];
    }

    private static string? Sentence(XElement action)
    {
        string resource = (string?)action.Attribute("resource") ?? "";
        string? node = (string?)action.Attribute("node");
        string? from = (string?)action.Attribute("source") ?? node;
        string? to = (string?)action.Attribute("dest") ?? node;
        string reason = (string?)action.Attribute("reason") is { } why ? $" ({why})" : "";
        return (string?)action.Attribute("action") switch
        {
            "Leave" or "leave" or null => null,
            "Start" => $"start {resource} on {to}{reason}",
            "Stop" => $"stop {resource} on {from}{reason}",
            "Move" => $"move {resource} from {from} to {to}{reason}",
            "Migrate" => $"migrate {resource} live from {from} to {to}{reason}",
            "Restart" => $"restart {resource} on {from}{reason}",
            "Recover" => $"recover {resource} from {from} to {to}{reason}",
            { } other => $"{other.ToLowerInvariant()} {resource}{(node is null ? "" : $" on {node}")}{reason}",
        };
    }
}
