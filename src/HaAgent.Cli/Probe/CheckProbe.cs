using HaAgent.Cli.CommandLine;
using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Host.Node;

namespace HaAgent.Cli.Probe;

/// <summary>Gathers what the checks judge: first what the nodes and the guests are, then what the nodes see of the guests' paths.</summary>
internal sealed class CheckProbe(Session session)
{
    /// <summary>Looks at the cluster, its guests, and those named besides.</summary>
    /// <param name="clone">The name of the clone that carries the lock storage.</param>
    /// <param name="devices">Shared devices besides those in the configuration.</param>
    /// <param name="candidates">Guests that are not, or not yet, in the cluster.</param>
    /// <param name="paths">Paths to look at besides those of the guests.</param>
    public async Task<CheckScope> LookAsync(
        string clone,
        IReadOnlyList<string> devices,
        Candidates candidates,
        IReadOnlyList<string>? paths = null
    )
    {
        var probe = new ClusterProbe(session);
        string[] shared = [];
        Snapshot snapshot = await probe.LookAsync(cib =>
        {
            shared = [.. devices.Concat(Configured(cib)).Distinct()];
            return Questions(cib, clone, shared, candidates);
        });
        LockStorage? storage = LockStorage.Find(snapshot.Cib, clone);
        IReadOnlyList<GuestFacts> guests = GuestFacts.Of(snapshot, candidates, storage?.Mount);
        if (guests.Any(guest => guest.Resource is null))
        {
            // What lies on the volume may be what a guest was started from.
            snapshot = await probe.LookCloserAsync(snapshot, [Kept(guests, storage)]);
            guests = GuestFacts.Of(snapshot, candidates, storage?.Mount);
        }

        snapshot = await probe.LookCloserAsync(snapshot, Closer(guests, paths ?? []));
        return new CheckScope(snapshot, clone, shared, guests);
    }

    // What can be asked only once the guests and their XML are known.
    private static IReadOnlyList<NodeQuestion> Closer(IReadOnlyList<GuestFacts> guests, IReadOnlyList<string> more) =>
        [
            new CpusQuestion(
                guests
                    .Select(g => (g.Name, Cpu: g.Xml is null ? null : GuestCpu.Of(g.Xml)))
                    .Where(g => g.Cpu is not null)
                    .ToDictionary(g => g.Name, g => g.Cpu!)
            ),
            new PathsQuestion([.. guests.SelectMany(g => g.Paths).Select(p => p.Path).Concat(more).Distinct()]),
        ];

    // Where the XML of a candidate would be put, something may lie already.
    private static FilesQuestion Kept(IReadOnlyList<GuestFacts> guests, LockStorage? storage) =>
        new(
            storage is null
                ? []
                :
                [
                    .. guests
                        .Where(g => g.Resource is null && CommonOptions.IsResourceName(g.Name))
                        .Select(g => GuestFacts.PathOn(storage.Mount, g.Name)),
                ]
        );

    private static IReadOnlyList<NodeQuestion> Questions(Cib cib, string clone, IReadOnlyList<string> devices, Candidates candidates)
    {
        Primitive[] resources = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        LockStorage? storage = LockStorage.Find(cib, clone);
        return
        [
            new HostQuestion(),
            new SbdQuestion(),
            new DlmQuestion(),
            new FilesQuestion([
                LibvirtPaths.Qemu,
                LibvirtPaths.QemuLockd,
                .. Core.Locking.ShutdownOrdering.Files,
                .. resources.Select(p => p.Parameter("config")).OfType<string>(),
            ]),
            new UnitsQuestion(),
            new DaemonsQuestion(),
            new RunningGuestsQuestion(),
            new MountsQuestion(),
            new LinksQuestion(),
            new ListenersQuestion(),
            new RingQuestion(),
            new DevicesQuestion(devices),
            new PeersQuestion(cib.Nodes),
            new DomainsQuestion(candidates.Everything, candidates.Names),
            new DirectoriesQuestion(storage is null ? [] : [storage.LockDirectory]),
        ];
    }

    private static IEnumerable<string> Configured(Cib cib) =>
        cib
            .Primitives.Where(p => p.Agent == AgentName.Filesystem && p.Parameter("fstype") is "ocfs2" or "gfs2")
            .Select(p => p.Parameter("device"))
            .OfType<string>();
}

/// <summary>A file with a guest's XML that an admin names.</summary>
internal static class GuestFile
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The domain's name, and the XML.</summary>
    /// <exception cref="Stop">It is no such file.</exception>
    public static async Task<(string Name, string Text)> ReadAsync(string file)
    {
        byte[] content;
        try
        {
            // It may lie on a volume that stands still; a FIFO or a device would never end.
            Fact<ConfigContent> seen = await Task.Run(() => NodeVolume.Here.ReadConfiguration(Path.GetFullPath(file), Deadline.In(Limit)));
            ConfigContent read = seen.Match(
                content => content,
                () => throw new IOException("it is not there"),
                why => throw new IOException(why)
            );
            content =
                read.Bytes
                ?? throw new Stop(
                    ExitCode.Refused,
                    $"{file} is not a file with a guest's XML: it {read.Problem.TrimEnd('.')}. Name the file that 'virsh dumpxml' wrote."
                );
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            throw new Stop(ExitCode.Refused, $"{file} cannot be read: {e.Message}. Name the file that 'virsh dumpxml' wrote.");
        }

        GuestDocument document =
            GuestDocument.Read(content, out string problem)
            ?? throw new Stop(ExitCode.Refused, $"{file} {problem}. Name the file that 'virsh dumpxml' wrote.");
        return (document.Domain.Identity.Name, document.Text);
    }
}
