using HaAgent.Cli.CommandLine;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Status;
using HaAgent.Core.Node;

namespace HaAgent.Cli.Probe;

/// <summary>Gathers what status, explain and verify judge: the cluster, and what every node sees of the guests.</summary>
internal sealed class WatchProbe(Session session)
{
    /// <summary>Looks.</summary>
    /// <param name="only">One guest, or null for all.</param>
    public async Task<WatchScope> LookAsync(string? only = null)
    {
        Primitive[] resources = [];
        Snapshot snapshot = await new ClusterProbe(session).LookAsync(cib =>
        {
            resources = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine && (only is null || p.Id == only))];
            return
            [
                new FilesQuestion([LibvirtPaths.Qemu, LibvirtPaths.QemuLockd, .. resources.Select(p => p.Parameter("config")).OfType<string>()]),
                new RunningGuestsQuestion(),
                new LeasesQuestion(),
                new NeighboursQuestion(),
                new LogLinesQuestion(MigrationLine.Mark),
                new DomainsQuestion(All: false, []),
            ];
        });
        return new WatchScope(snapshot, ClusterHistory.Of(snapshot.Cib), [.. resources.Select(resource => WatchedGuest.Of(resource, snapshot))]);
    }
}
