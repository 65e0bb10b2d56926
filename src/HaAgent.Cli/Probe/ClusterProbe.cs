using System.Xml;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;

namespace HaAgent.Cli.Probe;

/// <summary>Looks at the cluster and at all its nodes, in parallel and within a bounded time.</summary>
internal sealed class ClusterProbe(NodeShell shell)
{
    private static readonly TimeSpan ClusterLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan NodeLimit = TimeSpan.FromSeconds(45);

    /// <summary>The configuration, the status and every node's facts.</summary>
    public Task<Snapshot> LookAsync(IReadOnlyList<Question> questions) => LookAsync(_ => questions);

    /// <summary>The configuration, the status and every node's facts, by questions that depend on the configuration.</summary>
    public async Task<Snapshot> LookAsync(Func<Cib, IReadOnlyList<Question>> questions)
    {
        shell.Self = (await AskClusterAsync("crm_node --name")).Trim();
        Cib cib = await ReadCibAsync();
        ClusterStatus status = await ReadStatusAsync();
        IReadOnlyList<Question> asked = questions(cib);

        // A verb that only tells the cluster what to do has nothing to ask the nodes, and goes on while one is away.
        NodeFacts[] nodes = asked.Count == 0 ? [.. cib.Nodes.Select(node => new NodeFacts(node))]
            : await Task.WhenAll(cib.Nodes.Select(node => AskNodeAsync(new NodeFacts(node), asked)));
        return new Snapshot(shell.Self, cib, status, nodes);
    }

    /// <summary>Asks the nodes that answered more.</summary>
    public async Task<Snapshot> LookCloserAsync(Snapshot snapshot, IReadOnlyList<Question> questions)
    {
        NodeFacts[] nodes = await Task.WhenAll(snapshot.Nodes.Select(node => node.Unreachable is null ? AskNodeAsync(node, questions) : Task.FromResult(node)));
        return snapshot with { Nodes = nodes };
    }

    /// <summary>The configuration in force.</summary>
    public static async Task<Cib> ReadCibAsync()
    {
        try
        {
            return Cib.Parse(await AskClusterAsync("cibadmin --query"));
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            throw new Stop(ExitCode.Unreachable, $"The cluster's configuration cannot be read: {e.Message}. Look at what 'cibadmin --query' prints.");
        }
    }

    /// <summary>What the cluster says of its nodes and resources.</summary>
    public static async Task<ClusterStatus> ReadStatusAsync()
    {
        try
        {
            // -r: stopped resources too.
            return ClusterStatus.Parse(await AskClusterAsync("crm_mon --output-as=xml -r -1"));
        }
        catch (XmlException e)
        {
            throw new Stop(ExitCode.Unreachable, $"The cluster's status cannot be read: {e.Message}. Look at what 'crm_mon -1' prints.");
        }
    }

    private static async Task<string> AskClusterAsync(string command)
    {
        ShellResult result = await NodeShell.RunHereAsync(command, ClusterLimit);
        return result.Succeeded ? result.Output
            : throw new Stop(ExitCode.Unreachable, $"The cluster does not answer on this node ('{command}': {result.Reason}). Start it here (crm cluster start), or run haagent on a node where it runs.");
    }

    private async Task<NodeFacts> AskNodeAsync(NodeFacts known, IReadOnlyList<Question> questions)
    {
        ShellResult result = await shell.RunAsync(known.Name, Questionnaire.Compose(questions), NodeLimit);
        NodeFacts facts = Questionnaire.Read(known, questions, result.Output, out IReadOnlyList<string> unanswered);
        if (result.Unreachable is not null)
            return facts with { Unreachable = result.Unreachable };
        return unanswered.Count == 0 ? facts
            : facts with { Unreachable = $"it did not answer everything (no word on {string.Join(", ", unanswered)}: {result.Reason})" };
    }
}
