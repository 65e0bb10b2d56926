using System.Text;
using System.Text.Json;
using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>A request that arrives cut or damaged is made whole or not at all, and is always answered.</summary>
public sealed class BrokenRequestTests : IDisposable
{
    private const string Guest = "<domain type='kvm'><name>VM1</name></domain>\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-requests-").FullName;

    [Fact]
    public void Serve_TenThousandBrokenRequests_ChangesAllOrNothingAndAnswersEach()
    {
        var random = new Random(20261125);
        string file = Path.Combine(_folder, "qemu.conf");
        byte[] before = Encoding.ASCII.GetBytes("<before>, and what nobody else has: 7c1e4f\n");
        byte[] after = Encoding.ASCII.GetBytes(Guest);
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(
            new NodeRequest(NodeProtocol.Number, "n1", 5)
            {
                Change = new WriteFile(file, NodeChange.Fingerprint(after), after) { Before = NodeChange.Fingerprint(before), CopySuffix = ".before-haagent" },
            },
            NodeJson.Default.NodeRequest);
        int made = 0;
        for (int i = 0; i < 10_000; i++)
        {
            File.WriteAllBytes(file, before);
            byte[] broken = Broken(request, random);
            using var input = new MemoryStream(broken);
            using var output = new MemoryStream();

            NodeService.Serve(input, output, "1.0.0", lockFile: Path.Combine(_folder, "lock"));

            byte[] now = File.ReadAllBytes(file);
            Assert.True(now.SequenceEqual(before) || now.SequenceEqual(after), $"round {i}: {Encoding.UTF8.GetString(broken)}");
            // Nor is there half of a copy, whatever name it was given.
            Assert.All(
                Directory.EnumerateFiles(_folder).Where(name => Path.GetFileName(name) != "lock"),
                name => Assert.True(File.ReadAllBytes(name) is var content && (content.SequenceEqual(before) || content.SequenceEqual(after)), $"round {i}: {name}"));
            var conversation = new NodeConversation("n1", 0);
            conversation.Feed(output.ToArray());
            bool done = conversation.Outcome is DoneReply;
            Assert.True(done == now.SequenceEqual(after) || !conversation.IsReady || conversation.State != ConversationState.Whole || conversation.Outcome is null, $"round {i}");
            made += done ? 1 : 0;
        }

        // Some of the damage is harmless: white space, the order of what is named.
        Assert.InRange(made, 1, 9_000);
    }

    [Fact]
    public void Serve_ChangeThatSaysMoreThanIsKnown_IsRefused()
    {
        string file = Path.Combine(_folder, "qemu.conf");
        string request = $$$"""{"protocol":1,"nonce":"n1","seconds":5,"change":{"change":"make-directory","path":"{{{file}}}","mount-point":"/","recursive":true}}""";
        using var input = new MemoryStream(Encoding.ASCII.GetBytes(request));
        using var output = new MemoryStream();

        NodeService.Serve(input, output, "1.0.0", lockFile: Path.Combine(_folder, "lock"));

        var conversation = new NodeConversation("n1", 0);
        conversation.Feed(output.ToArray());
        Assert.IsType<RefusedReply>(conversation.Outcome);
        Assert.False(Directory.Exists(file));
    }

    [Theory]
    [InlineData(NodeRequest.MostQuestions, false)]
    [InlineData(NodeRequest.MostQuestions + 1, true)]
    public void Serve_MoreQuestionsThanAnybodyAsks_IsRefused(int questions, bool refused)
    {
        var request = new NodeRequest(NodeProtocol.Number, "n1", 60) { Questions = [.. Enumerable.Repeat(new ReleaseQuestion(), questions)] };
        using var input = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(request, NodeJson.Default.NodeRequest));
        using var output = new MemoryStream();

        NodeService.Serve(input, output, "1.0.0", NodePermit.Questions, Path.Combine(_folder, "lock"));

        var conversation = new NodeConversation("n1", questions);
        conversation.Feed(output.ToArray());
        Assert.Equal(refused, conversation.Outcome is RefusedReply);
        Assert.Equal(!refused, Enumerable.Range(0, questions).All(i => conversation.Answer(i, "").State == FactState.Known));
    }

    [Fact]
    public void Serve_QuestionsPermittedAlone_RefusesAChangeByNameAndShowsNoForeignFile()
    {
        string file = Path.Combine(_folder, "VM1.xml");
        byte[] content = Encoding.ASCII.GetBytes(Guest);

        NodeConversation change = Ask(new NodeRequest(NodeProtocol.Number, "n1", 5) { Change = new WriteFile(file, NodeChange.Fingerprint(content), content) }, 0);
        File.WriteAllBytes(file, content);
        NodeConversation question = Ask(new NodeRequest(NodeProtocol.Number, "n1", 5) { Questions = [new FilesQuestion([file, "/etc/passwd", "/proc/kmsg"])] }, 1);

        RefusedReply refused = Assert.IsType<RefusedReply>(change.Outcome);
        Assert.Equal(NodePermit.Changes, refused.Needs);
        Assert.Contains("--permit questions", refused.Why, StringComparison.Ordinal);
        IReadOnlyDictionary<string, Fact<FileFact>> files = Assert.IsType<FilesAnswer>(question.Answer(0, "").Value).Files;
        Assert.Equal(Guest, files[file].Value!.Text);
        Assert.Equal(FactState.NotLearned, files["/etc/passwd"].State);
        Assert.Equal(FactState.NotLearned, files["/proc/kmsg"].State);

        NodeConversation Ask(NodeRequest request, int questions)
        {
            using var input = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(request, NodeJson.Default.NodeRequest));
            using var output = new MemoryStream();
            NodeService.Serve(input, output, "1.0.0", NodePermit.Questions, Path.Combine(_folder, "lock"));
            var conversation = new NodeConversation("n1", questions);
            conversation.Feed(output.ToArray());
            return conversation;
        }
    }

    [Fact]
    public void Serve_NobodyListens_MakesTheChangeAllTheSame()
    {
        string file = Path.Combine(_folder, "qemu.conf");
        byte[] content = Encoding.ASCII.GetBytes(Guest);
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(
            new NodeRequest(NodeProtocol.Number, "n1", 5) { Change = new WriteFile(file, NodeChange.Fingerprint(content), content) }, NodeJson.Default.NodeRequest);
        using var input = new MemoryStream(request);

        NodeService.Serve(input, new Deaf(), "1.0.0", lockFile: Path.Combine(_folder, "lock"));

        Assert.True(File.Exists(file));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Broken(byte[] whole, Random random)
    {
        byte[] bytes = [.. whole];
        switch (random.Next(4))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                for (int i = random.Next(1, 4); i > 0; i--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 2:
                int cut = random.Next(bytes.Length);
                return [.. bytes[..cut], .. bytes[Math.Min(bytes.Length, cut + random.Next(1, 20))..]];
            default:
                int at = random.Next(bytes.Length);
                return [.. bytes[..at], .. Encoding.ASCII.GetBytes(" {}[],:\"null0\\"[random.Next(14)..]), .. bytes[at..]];
        }
    }

    private sealed class Deaf : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("Broken pipe");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
