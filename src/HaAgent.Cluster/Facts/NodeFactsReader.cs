using HaAgent.Core.Node;

namespace HaAgent.Cluster.Facts;

/// <summary>Puts a node's answers among its facts. A question without an answer, or with one to another question, leaves its facts not learned, and why.</summary>
public static class NodeFactsReader
{
    /// <summary>The facts with the answers among them.</summary>
    /// <param name="facts">What is known already.</param>
    /// <param name="questions">What was asked.</param>
    /// <param name="answers">One for each question, in their order.</param>
    public static NodeFacts With(this NodeFacts facts, IReadOnlyList<NodeQuestion> questions, IReadOnlyList<Fact<NodeAnswer>> answers)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(answers);
        return questions.Zip(answers).Aggregate(facts, (known, said) => Read(known, said.First, said.Second));
    }

    private static NodeFacts Read(NodeFacts facts, NodeQuestion question, Fact<NodeAnswer> said) => question switch
    {
        HostQuestion => Host(facts, As<HostAnswer>(said)),
        KernelFilesystemsQuestion q => facts with { KernelFilesystems = Each(facts.KernelFilesystems, q.Types, As<KernelFilesystemsAnswer>(said).Map(a => a.Types)) },
        MountsQuestion => facts with { Mounts = As<MountsAnswer>(said).Map(a => a.Mounts) },
        FilesQuestion q => facts with { Files = Each(facts.Files, q.Paths, As<FilesAnswer>(said).Map(a => a.Files)) },
        DirectoriesQuestion q => facts with { Directories = Each(facts.Directories, q.Paths, As<DirectoriesAnswer>(said).Map(a => a.Directories)) },
        PathsQuestion q => facts with { Paths = Each(facts.Paths, q.Paths, As<PathsAnswer>(said).Map(a => a.Paths)) },
        DevicesQuestion q => facts with { Devices = Each(facts.Devices, q.Paths, As<DevicesAnswer>(said).Map(a => a.Devices)) },
        SbdQuestion => facts with { Sbd = As<SbdAnswer>(said).Then(a => a.Sbd) },
        DaemonsQuestion => facts with { Daemons = As<DaemonsAnswer>(said).Map(a => a.Daemons) },
        UnitsQuestion => facts with { Units = As<UnitsAnswer>(said).Map(a => a.Units), PacemakerNeedsReload = As<UnitsAnswer>(said).Map(a => a.PacemakerNeedsReload) },
        RunningGuestsQuestion => facts with { Guests = As<RunningGuestsAnswer>(said).Map(a => a.Processes) },
        DomainsQuestion => facts with { Domains = As<DomainsAnswer>(said).Map(a => a.Domains) },
        CpusQuestion q => facts with { Cpus = Each(facts.Cpus, q.Guests.Keys, As<CpusAnswer>(said).Map(a => a.Guests)) },
        LinksQuestion => facts with { Links = As<LinksAnswer>(said).Map(a => a.Links) },
        RingQuestion => facts with { RingAddresses = As<RingAnswer>(said).Map(a => a.Addresses) },
        PeersQuestion => facts with { Peers = As<PeersAnswer>(said).Map(a => a.Nodes) },
        NeighboursQuestion => facts with { Neighbours = As<NeighboursAnswer>(said).Map(a => a.Addresses) },
        LeasesQuestion => facts with { Leases = As<LeasesAnswer>(said).Map(a => a.Files) },
        LogLinesQuestion => facts with { MigrationLines = As<LogLinesAnswer>(said).Map(a => a.Lines) },
        _ => throw new ArgumentOutOfRangeException(nameof(question), question, "no fact follows from it"),
    };

    private static NodeFacts Host(NodeFacts facts, Fact<HostAnswer> said) => facts with
    {
        Systemd = said.Then(a => a.Systemd),
        Packages = said.Then(a => a.Packages),
        Programs = said.Then(a => a.Programs),
        Agents = said.Then(a => a.Agents),
        ClusterName = said.Then(a => a.ClusterName),
        CpuModel = said.Then(a => a.CpuModel),
    };

    private static Fact<T> As<T>(Fact<NodeAnswer> said)
        where T : NodeAnswer => said.Then(answer => answer is T right ? Fact.Known(right) : Fact.NotLearned<T>("it answered another question"));

    // What was asked and is not in the answer was not learned; what is known of other paths stays.
    private static Dictionary<string, Fact<T>> Each<T>(IReadOnlyDictionary<string, Fact<T>> known, IEnumerable<string> asked, Fact<IReadOnlyDictionary<string, Fact<T>>> said)
        where T : notnull
    {
        var all = new Dictionary<string, Fact<T>>(known);
        foreach (string key in asked)
            all[key] = said.Then(answers => answers.GetValueOrDefault(key) ?? Fact.NotLearned<T>("the answer does not mention it"));
        return all;
    }
}
