using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cli.Probe.Questions;

namespace HaAgent.Cli.Probe;

/// <summary>Gathers what the checks judge: first what the nodes and the guests are, then what the nodes see of the guests' paths.</summary>
internal sealed class CheckProbe(NodeShell shell)
{
    /// <summary>Looks at the cluster, its guests, and those named besides.</summary>
    /// <param name="clone">The name of the clone that carries the lock storage.</param>
    /// <param name="devices">Shared devices besides those in the configuration.</param>
    /// <param name="candidates">Guests that are not, or not yet, in the cluster.</param>
    public async Task<CheckScope> LookAsync(string clone, IReadOnlyList<string> devices, Candidates candidates)
    {
        var probe = new ClusterProbe(shell);
        string[] shared = [];
        Snapshot snapshot = await probe.LookAsync(cib =>
        {
            shared = [.. devices.Concat(Configured(cib)).Distinct()];
            return Questions(cib, clone, shared, candidates);
        });
        GuestFacts[] guests = [.. Guests(snapshot, candidates)];
        snapshot = await probe.LookCloserAsync(snapshot, Closer(guests, LockStorage.Find(snapshot.Cib, clone)));
        return new CheckScope(snapshot, clone, shared, guests);
    }

    // What can be asked only once the guests and their XML are known.
    private static IReadOnlyList<Question> Closer(IReadOnlyList<GuestFacts> guests, LockStorage? storage) =>
    [
        GuestQuestions.Cpus(guests.Where(g => g.Xml is not null).ToDictionary(g => g.Name, g => g.Xml!)),
        GuestQuestions.Paths([.. guests.SelectMany(g => g.Paths).Select(p => p.Path).Distinct()]),

        // Where the XML of a candidate would be put, something may lie already.
        FileQuestions.SharedFiles(storage is null ? [] : [.. guests.Where(g => g.Resource is null && CommonOptions.IsResourceName(g.Name)).Select(g => $"{storage.Mount}/{g.Name}.xml")]),
    ];

    private static IReadOnlyList<Question> Questions(Cib cib, string clone, IReadOnlyList<string> devices, Candidates candidates)
    {
        Primitive[] resources = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        LockStorage? storage = LockStorage.Find(cib, clone);
        string[] configs = [.. resources.Select(p => p.Parameter("config")).OfType<string>().Distinct()];
        return
        [
            HostQuestions.Systemd,
            HostQuestions.Programs,
            HostQuestions.Agents,
            HostQuestions.ClusterName,
            FencingQuestions.Sbd,
            FileQuestions.Files([LibvirtPaths.Qemu, LibvirtPaths.QemuLockd, .. Core.Locking.ShutdownOrdering.Files]),
            DaemonQuestions.Units,
            DaemonQuestions.Daemons,
            DaemonQuestions.Guests,
            FileQuestions.Mounts,
            NetworkQuestions.Links,
            NetworkQuestions.Ring,
            GuestQuestions.CpuModel,
            DeviceQuestions.Devices(devices),
            NetworkQuestions.Logins(cib.Nodes),
            GuestQuestions.Domains(candidates.Everything ? null : [.. candidates.Names.Concat(resources.Select(p => p.Id)).Distinct()]),
            FileQuestions.SharedFiles(configs),
            FileQuestions.Directories(storage is null ? [] : [storage.LockDirectory]),
        ];
    }

    private static IEnumerable<string> Configured(Cib cib) => cib.Primitives
        .Where(p => p.Agent == AgentName.Filesystem && p.Parameter("fstype") is "ocfs2" or "gfs2").Select(p => p.Parameter("device")).OfType<string>();

    private static IEnumerable<GuestFacts> Guests(Snapshot snapshot, Candidates candidates)
    {
        Primitive[] resources = [.. snapshot.Cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        var known = new HashSet<string>();
        foreach (Primitive resource in resources)
        {
            string? text = resource.Parameter("config") is { } path ? snapshot.Reached.Select(n => n.File(path).Text).FirstOrDefault(t => t is not null) : null;
            GuestFacts guest = GuestFacts.Read(resource.Id, resource, text is null ? null : Decoded(text));
            known.Add(guest.Name);
            known.Add(guest.Xml?.Identity.Name ?? guest.Name);
            yield return guest;
        }

        IEnumerable<string> everything = candidates.Everything ? snapshot.Reached.SelectMany(n => n.Domains).Where(d => d.Persistent).Select(d => d.Name).Order(StringComparer.Ordinal) : [];
        foreach (string name in candidates.Names.Concat(everything).Distinct().Where(known.Add))
            yield return GuestFacts.Read(name, null, candidates.Texts.TryGetValue(name, out string? text) ? text : Definition(snapshot, name));
    }

    // Where it runs its definition is the true one; elsewhere an old one may have been left.
    private static string? Definition(Snapshot snapshot, string name) => snapshot.Reached
        .Select(n => n.Domain(name)).OfType<DomainFact>().Where(d => d.Xml is not null).OrderByDescending(d => d.Active).Select(d => d.Xml).FirstOrDefault();

    // Files come as one char per byte.
    private static string Decoded(string bytes) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(bytes));
}
