using System.Net;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>The node's networks, and which other nodes it reaches.</summary>
internal static class NetworkQuestions
{
    private static readonly TimeSpan PeerLimit = TimeSpan.FromSeconds(15);

    /// <summary>Its interfaces.</summary>
    public static LinksAnswer Links(Deadline deadline) => Links("/sys/class/net", NodeQuestions.Output(deadline, "ip", "-o", "addr", "show"));

    /// <summary>The interfaces of a /sys/class/net, with the addresses that <c>ip -o addr</c> shows: "2: eth0    inet 10.0.0.1/24 …".</summary>
    internal static LinksAnswer Links(string directory, string addresses)
    {
        ILookup<string, string> found = NodeQuestions.Lines(addresses).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [_, _, "inet" or "inet6", _, ..]).ToLookup(words => words[1].Split('@')[0], words => words[3].Split('/')[0]);
        return new LinksAnswer([.. Directory.EnumerateFileSystemEntries(directory).Where(Directory.Exists).Order(StringComparer.Ordinal).Select(link => new LinkFact(
            Path.GetFileName(link), Directory.Exists($"{link}/bridge"), [.. found[Path.GetFileName(link)]],
            Path.GetFileName(ProcFiles.LinkTarget($"{link}/master"))))]);
    }

    /// <summary>The cluster's own addresses.</summary>
    public static RingAnswer Ring(Deadline deadline) => new([.. RingNames(NodeQuestions.Output(deadline, "corosync-cmapctl")).SelectMany(Resolve).Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>Reads "nodelist.node.0.ring0_addr (str) = 10.77.0.1"; an address may be written as a name.</summary>
    internal static IReadOnlyList<string> RingNames(string cmap) => [.. NodeQuestions.Lines(cmap).Select(line => line.Split(" = ", 2))
        .Where(pair => pair.Length == 2 && pair[0].StartsWith("nodelist.node.", StringComparison.Ordinal)
            && pair[0].Split(' ')[0].Split('.')[^1] is var key && key.StartsWith("ring", StringComparison.Ordinal) && key.EndsWith("_addr", StringComparison.Ordinal))
        .Select(pair => pair[1].Trim()).Distinct()];

    /// <summary>Which of the other nodes' haagent answers.</summary>
    public static PeersAnswer Answer(PeersQuestion question, Deadline deadline)
    {
        TimeSpan limit = deadline.OrIn(PeerLimit).Left;
        (string Node, Task<NodeAnswers> Answers)[] asked = [.. question.Nodes.Distinct().Select(node => (node, new NodeClient().AskAsync(node, [new ReleaseQuestion()], limit)))];
        Task.WaitAll(asked.Select(ask => ask.Answers));
        return new PeersAnswer(asked.ToDictionary(ask => ask.Node, ask => ask.Answers.Result.Answers[0].Match(
            answer => answer is ReleaseAnswer release ? new PeerFact(true, release.Version) : new PeerFact(false, "it answered something else"),
            () => new PeerFact(false, "it answered nothing"),
            why => new PeerFact(false, why))));
    }

    /// <summary>Its neighbour table.</summary>
    public static NeighboursAnswer Neighbours(Deadline deadline) => ReadNeighbours(NodeQuestions.Output(deadline, "ip", "-4", "-o", "neigh", "show"));

    /// <summary>Reads "10.77.1.11 dev br0 lladdr 52:54:00:00:00:0b REACHABLE".</summary>
    internal static NeighboursAnswer ReadNeighbours(string text)
    {
        var addresses = new Dictionary<string, string>();
        foreach (string[] words in NodeQuestions.Lines(text).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            int hardware = Array.IndexOf(words, "lladdr") + 1;
            if (hardware > 0 && hardware < words.Length)
                addresses.TryAdd(words[hardware].ToLowerInvariant(), words[0]);
        }

        return new NeighboursAnswer(addresses);
    }

    private static IEnumerable<string> Resolve(string name) =>
        IPAddress.TryParse(name, out IPAddress? address) ? [address.ToString()] : Dns.GetHostAddresses(name).Select(found => found.ToString());
}
