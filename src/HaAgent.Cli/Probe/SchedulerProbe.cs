using System.Text;
using System.Xml;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Simulating;
using HaAgent.Host;

namespace HaAgent.Cli.Probe;

/// <summary>Asks the cluster's own scheduler what it would do with a configuration and the status in it (crm_simulate).</summary>
internal static class SchedulerProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The scheduler's answer.</summary>
    public static async Task<SimulatedRun> AskAsync(Cib cib)
    {
        CommandResult result = await LocalProgram.RunAsync(Limit, "crm_simulate", ["--simulate", "--show-scores", "--xml-pipe", "--output-as=xml"], Encoding.UTF8.GetBytes(cib.ToXml()));
        try
        {
            return result.Succeeded ? SimulatedRun.Parse(result.Output)
                : throw new Stop(ExitCode.Unreachable, $"The cluster's scheduler gives no answer (crm_simulate: {result.Reason}). Look at 'crm_verify -L -V'.");
        }
        catch (XmlException e)
        {
            throw new Stop(ExitCode.Unreachable, $"The answer of the cluster's scheduler cannot be read: {e.Message}. Look at what 'crm_simulate --live-check --output-as=xml' prints.");
        }
    }
}
