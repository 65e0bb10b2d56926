using System.Text;
using System.Xml;
using System.Xml.Linq;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Cli.Nodes;
using HaAgent.Host;

namespace HaAgent.Cli.Apply;

/// <summary>What the cluster would do with another configuration, as crm_simulate computes it with the cluster's own scheduler.</summary>
internal static class Simulation
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>One sentence for each resource that would be started, stopped, moved or restarted.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(Cib cib)
    {
        CommandResult result = await LocalProgram.RunAsync(Limit, "crm_simulate", ["--simulate", "--xml-pipe", "--output-as=xml"], Encoding.UTF8.GetBytes(cib.ToXml()));
        if (!result.Succeeded)
            return [$"crm_simulate gives no answer: {result.Reason}"];
        try
        {
            return SimulatedActions.Sentences(XElement.Parse(result.Output));
        }
        catch (XmlException e)
        {
            return [$"crm_simulate gives an answer that cannot be read: {e.Message}"];
        }
    }
}
