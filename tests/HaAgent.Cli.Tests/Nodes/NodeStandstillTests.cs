using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HaAgent.Core.Node;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cli.Tests.Nodes;

/// <summary>
/// haagent node on a node with a volume that stands still: a FUSE file system that takes every request and answers none, so that who touches it waits in
/// state D and does not end by SIGKILL.
/// </summary>
public sealed class NodeStandstillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-frozen-").FullName;
    private readonly string _volume;
    private readonly int _frozen;

    public NodeStandstillTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "haagent node works as root, and so does mount");
        _volume = Directory.CreateDirectory(Path.Combine(_folder, "shared")).FullName;
        string frozen = Path.Combine(_folder, "frozen");
        Run("gcc", "-O1", "-o", frozen, Path.Combine(TestFile.Root, "tests/lab/node/frozen.c"));
        _frozen = int.Parse(Run(frozen, _volume), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        using (Process process = Process.GetProcessById(_frozen))
        {
            process.Kill();
            process.WaitForExit();
        }

        Run("umount", "-l", _volume);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Node_OneVolumeStandsStill_EndsInTimeAndAnswersTheRest()
    {
        string plain = Path.Combine(_folder, "VM1.xml");
        File.WriteAllText(plain, "<domain/>");
        string link = Path.Combine(_folder, "link.xml");
        File.CreateSymbolicLink(link, _volume + "/VM3.xml");
        string still = _volume + "/VM2.xml";

        NodeConversation said = await AskAsync(new NodeRequest(NodeProtocol.Number, "n1", 20)
        {
            Questions = [new FilesQuestion([plain, still, link]), new DirectoriesQuestion([_volume, _folder]), new PathsQuestion([still, plain]), new MountsQuestion()],
        });

        IReadOnlyDictionary<string, Fact<FileFact>> files = Assert.IsType<FilesAnswer>(said.Answer(0, "").Value).Files;
        Assert.Equal("<domain/>", files[plain].Value!.Text);
        Assert.All([still, link], path => Assert.Contains($"the volume {_volume} (fuse.frozen) ", files[path].Why, StringComparison.Ordinal));
        IReadOnlyDictionary<string, Fact<DirectoryFact>> directories = Assert.IsType<DirectoriesAnswer>(said.Answer(1, "").Value).Directories;
        Assert.Equal((FactState.NotLearned, FactState.Known), (directories[_volume].State, directories[_folder].State));
        IReadOnlyDictionary<string, Fact<PathFact>> paths = Assert.IsType<PathsAnswer>(said.Answer(2, "").Value).Paths;
        Assert.Equal((FactState.NotLearned, FactState.Known), (paths[still].State, paths[plain].State));
        Assert.Equal(ConversationState.Whole, said.State);
    }

    [Fact]
    public async Task Node_ChangeOfAVolumeThatStandsStill_IsNotKnownToBeMade()
    {
        NodeConversation said = await AskAsync(new NodeRequest(NodeProtocol.Number, "n1", 3) { Change = new MarkDirectory(_volume + "/haagent", ".haagent") });

        Assert.Contains("whether it was made is not known", Assert.IsType<RefusedReply>(said.Outcome).Why, StringComparison.Ordinal);
    }

    /// <summary>Its end is waited for: a thread of its own that waited for the volume would keep it for ever.</summary>
    private static async Task<NodeConversation> AskAsync(NodeRequest request)
    {
        using Process node = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "haagent"), ["node"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await node.StandardInput.BaseStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request, NodeJson.Default.NodeRequest), TestContext.Current.CancellationToken);
        node.StandardInput.Close();
        using var output = new MemoryStream();
        await node.StandardOutput.BaseStream.CopyToAsync(output, TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        var conversation = new NodeConversation("n1", request.Questions.Count);
        conversation.Feed(output.ToArray());
        return conversation;
    }

    private static string Run(string program, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true })!;
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return said.Trim();
    }
}
