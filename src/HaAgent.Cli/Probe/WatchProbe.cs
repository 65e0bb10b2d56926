using System.Text;
using System.Xml;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Simulating;
using HaAgent.Cluster.Status;
using HaAgent.Core.Node;
using HaAgent.Host;

namespace HaAgent.Cli.Probe;

/// <summary>Gathers what status, explain and verify judge: the cluster, and what every node sees of the guests.</summary>
internal sealed class WatchProbe(Session session)
{
    /// <summary>Looks.</summary>
    /// <param name="only">One guest, or null for all.</param>
    /// <param name="more">What else the nodes are asked.</param>
    public async Task<WatchScope> LookAsync(string? only = null, params IReadOnlyList<NodeQuestion> more)
    {
        Primitive[] resources = [];
        Snapshot snapshot = await new ClusterProbe(session).LookAsync(cib =>
        {
            resources = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine && (only is null || p.Id == only))];
            return
            [
                new FilesQuestion([
                    LibvirtPaths.Qemu,
                    LibvirtPaths.QemuLockd,
                    .. resources.Select(p => p.Parameter("config")).OfType<string>(),
                ]),
                new RunningGuestsQuestion(),
                new LeasesQuestion(),
                new NeighboursQuestion(),
                new LogLinesQuestion(),
                new DomainsQuestion(All: false, []),
                .. Standstill.Concerns(cib) ? [new DlmQuestion()] : Array.Empty<NodeQuestion>(),
                .. more,
            ];
        });
        return new WatchScope(
            snapshot,
            ClusterHistory.Of(snapshot.Cib),
            [.. resources.Select(resource => WatchedGuest.Of(resource, snapshot))]
        );
    }
}

/// <summary>Asks the cluster's own scheduler what it would do with a configuration and the status in it (crm_simulate).</summary>
internal static class SchedulerProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>What crm_simulate prints, in XML. The configuration, which may hold passwords, goes to its standard input.</summary>
    public static Task<CommandResult> SimulateAsync(Cib cib, params string[] more) =>
        LocalProgram.RunAsync(
            Limit,
            "crm_simulate",
            ["--simulate", "--xml-pipe", "--output-as=xml", .. more],
            Encoding.UTF8.GetBytes(cib.ToXml())
        );

    /// <summary>The scheduler's answer.</summary>
    public static async Task<SimulatedRun> AskAsync(Cib cib)
    {
        CommandResult result = await SimulateAsync(cib, "--show-scores");
        try
        {
            return result.Succeeded
                ? SimulatedRun.Parse(result.Output)
                : throw new Stop(
                    ExitCode.Unreachable,
                    $"The cluster's scheduler gives no answer (crm_simulate: {result.Reason}). Look at 'crm_verify -L -V'."
                );
        }
        catch (XmlException e)
        {
            throw new Stop(
                ExitCode.Unreachable,
                $"The answer of the cluster's scheduler cannot be read: {e.Message}. Look at what 'crm_simulate --live-check "
                    + "--output-as=xml' prints."
            );
        }
    }
}
