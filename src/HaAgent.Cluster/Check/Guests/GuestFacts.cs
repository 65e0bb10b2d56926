using System.Text;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>A guest that is looked at: one of the cluster's, or one that may become one.</summary>
/// <param name="Name">Its name in the cluster, or that of the domain.</param>
public sealed record GuestFacts(string Name)
{
    /// <summary>Its resource; null when it is not in the cluster yet.</summary>
    public Primitive? Resource { get; init; }

    /// <summary>Whether there is any XML of it, right or wrong.</summary>
    public bool HasText { get; init; }

    /// <summary>Its XML; null when there is none, or it is wrong.</summary>
    public GuestDocument? Document { get; init; }

    /// <summary>What the XML says; null when there is none, or it is wrong.</summary>
    public DomainXml? Xml => Document?.Domain;

    /// <summary>Why its XML could not be learned; null when it was, or when it is known that there is none.</summary>
    public string? NotLearned { get; init; }

    /// <summary>What is wrong with the XML, as the end of a sentence that begins with its name.</summary>
    public string Problem { get; init; } = "";

    /// <summary>How it is told which of several XMLs is the right one: nothing else tells it, and there is then no XML of it.</summary>
    public Advice? Choice { get; init; }

    /// <summary>Whether the admin gave its XML.</summary>
    public bool IsGiven { get; init; }

    /// <summary>The file in which the cluster keeps the XML; null when it is not in the cluster yet.</summary>
    public string? ConfigPath => Resource?.Parameter("config");

    /// <summary>Whether it is meant to move without a stop.</summary>
    public bool Migrates => Resource is null || ClusterBoolean.IsTrue(Resource.MetaValue("allow-migrate"));

    /// <summary>Every path its XML mentions.</summary>
    public IReadOnlyList<MentionedPath> Paths => Document?.Paths ?? [];

    /// <summary>The bridges of the nodes that its network cards are plugged into.</summary>
    public IReadOnlyList<string> Bridges => Document?.Bridges ?? [];

    /// <summary>Where the XML of a candidate is put.</summary>
    /// <param name="volume">The mount point of the shared volume.</param>
    /// <param name="name">The candidate's name.</param>
    public static string PathOn(string volume, string name) => $"{volume}/{name}.xml";

    /// <summary>The XML as it is put on the volume; files come as one char per byte.</summary>
    public static string FileText(string xml)
    {
        ArgumentNullException.ThrowIfNull(xml);
        return Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(xml.TrimEnd('\n') + "\n"));
    }

    /// <summary>The cluster's guests, and the candidates that are not among them.</summary>
    /// <param name="snapshot">What was seen.</param>
    /// <param name="candidates">Those that the cluster does not have.</param>
    /// <param name="volume">The mount point of the shared volume; null when there is none.</param>
    public static IReadOnlyList<GuestFacts> Of(Snapshot snapshot, Candidates candidates, string? volume = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(candidates);
        GuestFacts[] resources =
        [
            .. snapshot.Cib.Primitives.Where(p => p.Agent.IsVirtualMachine).Select(p => Read(p.Id, p, Configuration(snapshot, p))),
        ];
        HashSet<string> known =
        [
            .. resources.Select(guest => guest.Name),
            .. resources.Select(guest => guest.Xml?.Identity.Name ?? guest.Name),
        ];
        IEnumerable<string> everything = candidates.Everything
            ? snapshot
                .Reached.SelectMany(n => n.Domains.Value ?? [])
                .Where(d => d.Persistent)
                .Select(d => d.Name)
                .Order(StringComparer.Ordinal)
            : [];
        return
        [
            .. resources,
            .. candidates
                .Names.Concat(everything)
                .Distinct()
                .Where(known.Add)
                .Select(name =>
                    candidates.Texts.TryGetValue(name, out string? text)
                        ? Read(name, null, Fact.Known(Encoding.UTF8.GetBytes(text))) with
                        {
                            IsGiven = true,
                        }
                        : Defined(snapshot, name, volume)
                ),
        ];
    }

    private static GuestFacts Read(string name, Primitive? resource, Fact<byte[]> content)
    {
        if (!content.IsKnown(out byte[]? bytes))
            return new GuestFacts(name)
            {
                Resource = resource,
                NotLearned = content.Why,
                Problem = content.Why is { } why ? $"could not be read: {why}" : "cannot be read",
            };
        GuestDocument? document = GuestDocument.Read(bytes, out string problem);
        return new GuestFacts(name)
        {
            Resource = resource,
            HasText = true,
            Document = document,
            Problem = problem,
        };
    }

    // Files come as one char per byte.
    private static Fact<byte[]> Configuration(Snapshot snapshot, Primitive resource) =>
        resource.Parameter("config") is { } path
            ? FirstKnown(snapshot, node => node.File(path).Map(file => Encoding.Latin1.GetBytes(file.Text)))
            : Fact.Absent<byte[]>();

    // Where it runs its definition is the true one; elsewhere an old one may have been left.
    private static GuestFacts Defined(Snapshot snapshot, string name, string? volume)
    {
        (string Node, DomainFact Domain)[] found =
        [
            .. snapshot.Reached.Where(node => node.Domain(name).Value is not null).Select(node => (node.Name, node.Domain(name).Value!)),
        ];
        if (found.Any(one => one.Domain.Active))
            found = [.. found.Where(one => one.Domain.Active)];
        if (found.FirstOrDefault(one => one.Domain.Xml.State == FactState.NotLearned) is { Node: { } node, Domain.Xml.Why: var why })
            return Read(name, null, Fact.NotLearned<byte[]>($"on {node}, {why}"));
        string[] texts = [.. found.Select(one => one.Domain.Xml.Value).OfType<string>().Distinct()];
        string? path = volume is null ? null : PathOn(volume, name);
        string? kept = path is null ? null : snapshot.Node(snapshot.Self).File(path).Value?.Text;
        if (texts.Length > 1 && !found[0].Domain.Active)
            return Undecided(
                name,
                $"is not the same on {string.Join(" and ", found.Select(one => one.Node))}, and it runs on none of them: which is the "
                    + "right one is not known",
                Choosing(name, [.. found.Select(one => one.Node)], kept is null ? null : path)
            );
        if (texts.Length > 0 && found is [var (home, domain)] && domain.Active)
            return Running(name, home, domain, kept is null ? null : (path!, kept));
        return Read(
            name,
            null,
            texts.Length > 0
                ? Fact.Known(Encoding.UTF8.GetBytes(texts[0]))
                : FirstKnown(snapshot, one => one.Domain(name).Then(known => known.Xml)).Map(Encoding.UTF8.GetBytes)
        );
    }

    // A cluster starts its guests from files: what libvirt has defined there may be an old one, and is not what runs. What is not defined
    // was started from a file, and libvirt's XML of it is full of what holds for this one run.
    private static GuestFacts Running(string name, string node, DomainFact domain, (string Path, string Text)? kept)
    {
        if (domain.Persistent && domain.LiveXml.IsNotLearned(out string? why))
            return Read(name, null, Fact.NotLearned<byte[]>($"on {node}, what it runs with: {why}"));
        GuestFacts next = Read(name, null, Fact.Known(Encoding.UTF8.GetBytes(domain.Xml.Value!)));
        GuestDocument? live = domain.LiveXml.Value is { } running
            ? GuestDocument.Read(Encoding.UTF8.GetBytes(running), out _)
            : next.Document;
        if (next.Document is null || live is null)
            return next;
        if (GuestParts.Differing(live, next.Document) is { Count: > 0 } changed)
            return Undecided(
                name,
                $"as {node} has it defined is not what runs there ({string.Join(", ", changed)}): which is the right one is not known",
                Choosing(name, [node], kept?.Path)
            );
        return
            !domain.Persistent
            && kept is { } file
            && Read(name, null, Fact.Known(Encoding.Latin1.GetBytes(file.Text))) is { Document: { } written } keeping
            && GuestParts.Differing(live, written).Count == 0
            ? keeping
            : next;
    }

    private static GuestFacts Undecided(string name, string problem, Advice choice) =>
        new(name)
        {
            HasText = true,
            Problem = problem,
            Choice = choice,
        };

    /// <summary>How the admin says which XML is the right one.</summary>
    /// <param name="name">The domain.</param>
    /// <param name="nodes">Where it is defined.</param>
    /// <param name="kept">The file with another one; null when there is none.</param>
    internal static Advice Choosing(string name, IReadOnlyList<string> nodes, string? kept)
    {
        Advice definition = $"virsh dumpxml --inactive --security-info {name}";
        return kept is null
            ? Advice.Of($"give the right one: haagent add --xml FILE ({definition}, on {Prose.List(nodes)}, shows what is defined)")
            : $"give the right one: haagent add --xml {kept}, or another FILE ({definition}, on {Prose.List(nodes)}, shows "
                + $"what is defined; what was dumped without --security-info lacks the passwords)";
    }

    // Known when one node knows it; absent only when every node that was reached says so.
    private static Fact<T> FirstKnown<T>(Snapshot snapshot, Func<NodeFacts, Fact<T>> ask)
        where T : notnull
    {
        (string Node, Fact<T> Fact)[] all = [.. snapshot.Reached.Select(node => (node.Name, ask(node)))];
        return all.Select(one => one.Fact).FirstOrDefault(fact => fact.State == FactState.Known)
            ?? all.Where(one => one.Fact.State == FactState.NotLearned)
                .Select(one => Fact.NotLearned<T>($"on {one.Node}, {one.Fact.Why}"))
                .FirstOrDefault()
            ?? Fact.Absent<T>();
    }
}

/// <summary>Guests that are looked at though the cluster does not have them.</summary>
/// <param name="Names">Their domains' names.</param>
/// <param name="Everything">Whether every domain that any node's libvirt has defined is one.</param>
/// <param name="Texts">The XML of those that come from a file, by the domain's name.</param>
public sealed record Candidates(IReadOnlyList<string> Names, bool Everything, IReadOnlyDictionary<string, string> Texts)
{
    /// <summary>Domains by their names.</summary>
    public static Candidates Of(IReadOnlyList<string> names) => new(names, false, new Dictionary<string, string>());
}
