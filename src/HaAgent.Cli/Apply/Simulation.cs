using System.Xml;
using System.Xml.Linq;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Cli.Probe;
using HaAgent.Host;

namespace HaAgent.Cli.Apply;

/// <summary>What the cluster would do with another configuration, as crm_simulate computes it with the cluster's own scheduler.</summary>
internal static class Simulation
{
    /// <summary>One sentence for each resource that would be started, stopped, moved or restarted.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(Cib cib)
    {
        CommandResult result = await SchedulerProbe.SimulateAsync(cib);
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
