using System.Xml;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Host.Node;

namespace HaAgent.Cli.Probe;

/// <summary>Looks at the cluster and at all its nodes, in parallel and within a bounded time.</summary>
internal sealed class ClusterProbe(Session session)
{
    private static readonly TimeSpan ClusterLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan NodeLimit = TimeSpan.FromSeconds(45);

    /// <summary>The configuration, the status and every node's facts.</summary>
    public Task<Snapshot> LookAsync(IReadOnlyList<NodeQuestion> questions) => LookAsync(_ => questions);

    /// <summary>The configuration, the status and every node's facts, by questions that depend on the configuration.</summary>
    public async Task<Snapshot> LookAsync(Func<Cib, IReadOnlyList<NodeQuestion>> questions)
    {
        string self = (await AskClusterAsync("crm_node", "--name")).Trim();
        session.Nodes.Self = self;
        Cib cib = await ReadCibAsync();
        ClusterStatus status = await ReadStatusAsync();
        IReadOnlyList<NodeQuestion> asked = questions(cib);

        // A verb that only tells the cluster what to do has nothing to ask the nodes, and goes on while one is away.
        NodeFacts[] nodes =
            asked.Count == 0
                ? [.. cib.Nodes.Select(node => new NodeFacts(node))]
                : await Task.WhenAll(cib.Nodes.Select(node => AskNodeAsync(new NodeFacts(node), asked)));
        return new Snapshot(self, cib, status, nodes);
    }

    /// <summary>Asks the nodes that answered more.</summary>
    public async Task<Snapshot> LookCloserAsync(Snapshot snapshot, IReadOnlyList<NodeQuestion> questions)
    {
        NodeFacts[] nodes = await Task.WhenAll(
            snapshot.Nodes.Select(node => node.Unreachable is null ? AskNodeAsync(node, questions) : Task.FromResult(node))
        );
        return snapshot with { Nodes = nodes };
    }

    /// <summary>The configuration in force.</summary>
    public static async Task<Cib> ReadCibAsync()
    {
        try
        {
            return Cib.Parse(await AskClusterAsync("cibadmin", "--query"));
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            throw new Stop(
                ExitCode.Unreachable,
                $"The cluster's configuration cannot be read: {e.Message}. Look at what 'cibadmin --query' prints."
            );
        }
    }

    /// <summary>What the cluster says of its nodes and resources.</summary>
    public static async Task<ClusterStatus> ReadStatusAsync()
    {
        try
        {
            // -r: stopped resources too.
            return ClusterStatus.Parse(await AskClusterAsync("crm_mon", "--output-as=xml", "-r", "-1"));
        }
        catch (XmlException e)
        {
            throw new Stop(ExitCode.Unreachable, $"The cluster's status cannot be read: {e.Message}. Look at what 'crm_mon -1' prints.");
        }
    }

    private static async Task<string> AskClusterAsync(string program, params string[] arguments)
    {
        CommandResult result = await LocalProgram.RunAsync(ClusterLimit, program, arguments);
        return result.Succeeded
            ? result.Output
            : throw new Stop(
                ExitCode.Unreachable,
                $"The cluster does not answer on this node ('{program} {string.Join(' ', arguments)}': {result.Reason}). Start it here "
                    + "(crm cluster start), or run haagent on a node where it runs."
            );
    }

    private async Task<NodeFacts> AskNodeAsync(NodeFacts known, IReadOnlyList<NodeQuestion> questions)
    {
        // A node is no peer of itself.
        questions =
        [
            .. questions.Select(question =>
                question is PeersQuestion peers ? new PeersQuestion([.. peers.Nodes.Where(node => node != known.Name)]) : question
            ),
        ];
        NodeAnswers said = await session.Nodes.AskAsync(known.Name, questions, NodeLimit);
        return known.With(questions, said.Answers) with { Unreachable = said.Unreachable };
    }
}

/// <summary>What setup and teardown have to know of each node.</summary>
internal static class SetupQuestions
{
    /// <summary>Before setup.</summary>
    public static IReadOnlyList<NodeQuestion> For(SetupIntent intent) =>
        [
            new HostQuestion(),
            new FilesQuestion([LibvirtPaths.Qemu, LibvirtPaths.QemuLockd, LibvirtPaths.DropIn]),
            new UnitsQuestion(),
            new DaemonsQuestion(),
            new RunningGuestsQuestion(),
            new MountsQuestion(),
            .. intent.Storage switch
            {
                Storage.Device device => new NodeQuestion[]
                {
                    new KernelFilesystemsQuestion(["ocfs2", "gfs2"]),
                    new SbdQuestion(),
                    new DevicesQuestion([device.Path]),
                    new DirectoriesQuestion([intent.LockDirectory]),
                },
                Storage.ExistingMount mount => [new DirectoriesQuestion([mount.Path, mount.Inside, intent.LockDirectory])],
                _ => throw new ArgumentOutOfRangeException(nameof(intent)),
            },
        ];

    /// <summary>Before teardown.</summary>
    public static IReadOnlyList<NodeQuestion> ForTeardown =>
        [
            new HostQuestion(),
            new FilesQuestion([
                LibvirtPaths.Qemu,
                LibvirtPaths.QemuLockd,
                LibvirtPaths.DropIn,
                LibvirtPaths.Qemu + LibvirtPaths.BackupSuffix,
                LibvirtPaths.QemuLockd + LibvirtPaths.BackupSuffix,
            ]),
            new UnitsQuestion(),
            new DaemonsQuestion(),
            new RunningGuestsQuestion(),
        ];
}
