using System.Xml.Linq;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Cli.Nodes;

namespace HaAgent.Cli.Apply;

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
        return SimulatedActions.Sentences(XElement.Parse(result.Output));
    }
}
