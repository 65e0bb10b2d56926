using System.Text;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Status;
using HaAgent.Core.Guest;
using HaAgent.Cli.Nodes;
using HaAgent.Cli.Probe.Questions;

namespace HaAgent.Cli.Probe;

/// <summary>Gathers what status, explain and verify judge: the cluster, and what every node sees of the guests.</summary>
internal sealed class WatchProbe(NodeShell shell)
{
    /// <summary>Looks.</summary>
    /// <param name="only">One guest, or null for all.</param>
    public async Task<WatchScope> LookAsync(string? only = null)
    {
        var probe = new ClusterProbe(shell);
        Primitive[] resources = [];
        Snapshot snapshot = await probe.LookAsync(cib =>
        {
            resources = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine && (only is null || p.Id == only))];
            return
            [
                FileQuestions.Files(LibvirtPaths.Qemu, LibvirtPaths.QemuLockd),
                DaemonQuestions.Guests,
                WatchQuestions.Leases,
                WatchQuestions.Neighbours,
                WatchQuestions.MigrationLines,
                FileQuestions.SharedFiles([.. resources.Select(p => p.Parameter("config")).OfType<string>().Distinct()]),
            ];
        });
        WatchedGuest[] guests = [.. resources.Select(resource => Read(resource, snapshot))];
        var identities = guests.ToDictionary(g => g.Id, g => g.Xml?.Identity ?? new GuestIdentity(g.DomainName, null));
        IReadOnlyDictionary<string, Observation>[] seen = await Task.WhenAll(snapshot.Nodes.Select(node => ObserveAsync(node, identities)));
        return new WatchScope(snapshot, ClusterHistory.Of(snapshot.Cib),
        [
            .. guests.Select(guest => guest with
            {
                Seen = snapshot.Nodes.Select((node, i) => (node.Name, Seen: WithProcesses(seen[i][guest.Id], guest.DomainName, node))).ToDictionary(s => s.Name, s => s.Seen),
            }),
        ]);
    }

    private async Task<IReadOnlyDictionary<string, Observation>> ObserveAsync(NodeFacts node, Dictionary<string, GuestIdentity> guests) =>
        node.Unreachable is { } why
            ? guests.ToDictionary(g => g.Key, Observation (_) => new Observation.Unknown(why))
            : await NodeLibvirt.ObserveAsync(node.Name, shell.Self, guests);

    private static WatchedGuest Read(Primitive resource, Snapshot snapshot)
    {
        if (resource.Parameter("config") is not { } path)
            return new WatchedGuest(resource) { XmlProblem = "is not named by the resource" };
        string? text = snapshot.Reached.Select(n => n.File(path).Text).FirstOrDefault(t => t is not null);
        string problem = "cannot be read on any node that answers";

        // Files come as one char per byte.
        DomainXml? xml = text is null ? null : DomainXml.Parse(Encoding.Latin1.GetBytes(text), out problem);
        return new WatchedGuest(resource)
        {
            Xml = xml,
            XmlProblem = xml is null ? problem : null,
            UnreadableOn = xml is null ? [] : [.. snapshot.Reached.Where(n => n.File(path).Text is null).Select(n => n.Name)],
            Lease = LeaseSight.Of(xml, snapshot.Nodes),
        };
    }

    // A guest whose process lives is there, whatever became of libvirt.
    private static Observation WithProcesses(Observation seen, string domain, NodeFacts node) => seen switch
    {
        Observation.Unknown when node.Guests.Contains(domain) => new Observation.Active(DomainState.Unknown, PausedReason.Unknown, Evidence.ProcessOnly),
        Observation.Absent when node.Guests.Contains(domain) => new Observation.Active(DomainState.Unknown, PausedReason.Unknown, Evidence.ProcessLostByLibvirt),
        _ => seen,
    };
}
