using System.Xml;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Simulating;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;

namespace HaAgent.Cli.Probe;

/// <summary>Asks the cluster's own scheduler what it would do with a configuration and the status in it (crm_simulate).</summary>
internal static class SchedulerProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The scheduler's answer.</summary>
    public static async Task<SimulatedRun> AskAsync(Cib cib)
    {
        ShellResult result = await NodeShell.RunHereAsync($$"""
            umask 077
            file=$(mktemp)
            trap 'rm -f "$file"' EXIT
            cat > "$file" <<'END OF CIB'
            {{cib.ToXml()}}
            END OF CIB
            crm_simulate --simulate --show-scores --xml-file "$file" --output-as=xml
            """, Limit);
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
