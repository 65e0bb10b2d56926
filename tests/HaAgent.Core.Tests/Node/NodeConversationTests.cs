using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Node;

public sealed class NodeConversationTests
{
    private const string Nonce = "abc123";
    private static readonly string[] Insertions = ["null", "{}", "[]", "\"\"", "haagent-node 1 - {\"reply\":\"end\"}\n", "\"known\":[true],"];

    [Fact]
    public void Feed_TalkativeLogin_IsPassedOver()
    {
        NodeConversation conversation = Listen($"Last login: yesterday\nhello world\nhaagent-node\nhaagent-node 1\nhaagent-node is here\n{Line(new AnswerReply(0, new ReleaseAnswer("1.2.3")))}\r\nbye\n{Line(new EndReply())}\n");

        Assert.Equal(ConversationState.Whole, conversation.State);
        Assert.Equal(new ReleaseAnswer("1.2.3"), conversation.Answer(0, "no").Value);
    }

    [Fact]
    public void Feed_HalfAnAnswer_LeavesTheRestNotLearned()
    {
        string whole = Line(new AnswerReply(1, new MountsAnswer([])));
        NodeConversation conversation = Listen($"{Line(new AnswerReply(0, new ReleaseAnswer("1.2.3")))}\n{whole[..^3]}");

        Assert.Equal(ConversationState.Begun, conversation.State);
        Assert.Equal(FactState.Known, conversation.Answer(0, "it broke off").State);
        Assert.Equal("it broke off", conversation.Answer(1, "it broke off").Why);
    }

    [Fact]
    public void Feed_LastLineWithoutItsEnd_IsNotBelieved() =>
        Assert.Equal(FactState.NotLearned, Listen(Line(new AnswerReply(0, new ReleaseAnswer("1.2.3")))).Answer(0, "cut").State);

    [Theory]
    [InlineData("x")]
    [InlineData("\n")]
    [InlineData("haagent-node 1 abc123 ")]
    public void Feed_WithoutEnd_IsNotReadForEver(string piece)
    {
        var conversation = new NodeConversation(Nonce, 1);
        byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, 1024 * 1024 / piece.Length)));
        int blocks = 0;
        while (conversation.Feed(block))
            Assert.True(++blocks < 64);

        Assert.Equal(ConversationState.Broken, conversation.State);
        Assert.Equal(FactState.NotLearned, conversation.Answer(0, "no").State);
    }

    [Fact]
    public void Feed_OtherProtocol_SaysWhatToDo()
    {
        NodeConversation conversation = Listen($"haagent-node 2 {Nonce} {{\"reply\":\"end\"}}\n");

        Assert.Equal(ConversationState.Broken, conversation.State);
        Assert.Contains("install the same release of haagent on bob", Assert.IsType<NodeFailure.OtherProtocol>(conversation.Problem).WayOut("bob").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Feed_AnotherNonce_IsNotOurs() =>
        Assert.Equal(ConversationState.Silent, Listen($"haagent-node 1 other {{\"reply\":\"answer\",\"question\":0,\"says\":{{\"answer\":\"release\",\"version\":\"9\"}}}}\n").State);

    [Theory]
    [InlineData("""{"reply":"answer","question":0,"says":{"answer":"mounts","mounts":null}}""")]
    [InlineData("""{"reply":"answer","question":0,"says":{"answer":"mounts","mounts":[null]}}""")]
    [InlineData("""{"reply":"answer","question":0,"says":{"answer":"mounts"}}""")]
    [InlineData("""{"reply":"answer","question":0,"says":{"answer":"host","systemd":{"known":[true]}}}""")]
    [InlineData("""{"reply":"answer","question":9,"says":{"answer":"release","version":"9"}}""")]
    [InlineData("""{"reply":"answer","question":-1,"says":{"answer":"release","version":"9"}}""")]
    [InlineData("""{"reply":"answer","question":0,"says":{"answer":"no-such","version":"9"}}""")]
    [InlineData("""{"reply":"answer","question":0,"says":{"answer":"host","systemd":{"known":[true]},"packages":{"known":[99]},"programs":{},"agents":{},"cluster-name":{},"cpu-model":{}}}""")]
    [InlineData("""{"reply":"answer","question":0,"says":{"answer":"host","systemd":{"known":[true]},"packages":{"known":["Emerge"]},"programs":{},"agents":{},"cluster-name":{},"cpu-model":{}}}""")]
    [InlineData("""{"reply":"answer","question":0}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Feed_NoAnswerOfOurs_IsBroken(string json) => Assert.Equal(ConversationState.Broken, Listen($"haagent-node 1 {Nonce} {json}\n").State);

    [Fact]
    public void Feed_TenThousandBrokenConversations_NothingIsKnownThatWasNotSaid()
    {
        var random = new Random(20250815);
        string whole = string.Concat(NodeSamples.Answers.Select((answer, i) => Line(new AnswerReply(i, answer)) + "\n"))
            + Line(new NotLearnedReply(2, "no")) + "\n" + Line(new EndReply()) + "\n";
        byte[] valid = Encoding.UTF8.GetBytes(whole);
        int known = 0;
        for (int round = 0; round < 10_000; round++)
        {
            byte[] bytes = Mutate(valid, random);
            var conversation = new NodeConversation(Nonce, NodeSamples.Answers.Length);
            for (int at = 0; at < bytes.Length;)
            {
                int count = Math.Min(random.Next(1, 2000), bytes.Length - at);
                if (!conversation.Feed(bytes.AsSpan(at, count)))
                    break;
                at += count;
            }

            JsonNode[] said = [.. Said(bytes)];
            for (int i = 0; i < NodeSamples.Answers.Length; i++)
            {
                if (!conversation.Answer(i, "it said nothing").IsKnown(out NodeAnswer? answer))
                    continue;
                known++;
                JsonNode answered = JsonNode.Parse(JsonSerializer.Serialize(new AnswerReply(i, answer), NodeJson.Default.NodeReply))!;
                Assert.True(said.Any(node => WasSaid(answered, node)), $"round {round}: {answered.ToJsonString()}\n{string.Join('\n', said.Select(node => node.ToJsonString()))}");
            }
        }

        Assert.True(known > 10_000, "most of what was said is still understood");
    }

    private static byte[] Mutate(byte[] valid, Random random)
    {
        List<byte> bytes = [.. valid];
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 200), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.Insert(at, (byte)'\n');
                    break;
                case 5:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Insertions[random.Next(Insertions.Length)]));
                    break;
                default:
                    bytes.Reverse(at, length);
                    break;
            }

            if (bytes.Count == 0)
                break;
        }

        return [.. bytes];
    }

    /// <summary>What stands on the lines, read without the protocol's own reader.</summary>
    private static IEnumerable<JsonNode> Said(byte[] bytes)
    {
        foreach (string line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            JsonNode? node = null;
            try
            {
                node = line.StartsWith("haagent-node 1 ", StringComparison.Ordinal) ? JsonNode.Parse(line[line.IndexOf('{', StringComparison.Ordinal)..]) : null;
            }
            catch (Exception e) when (e is JsonException or ArgumentException)
            {
                // Not a line that says something.
            }

            if (node is not null)
                yield return node;
        }
    }

    // That nothing was learned need not have been said.
    private static bool WasSaid(JsonNode? answered, JsonNode? said)
    {
        try
        {
            return (answered, said) switch
            {
                (JsonObject mine, JsonObject theirs) => mine.All(p => p.Key == "not-learned" || (theirs.ContainsKey(p.Key) && WasSaid(p.Value, theirs[p.Key]))),
                (JsonArray mine, JsonArray theirs) => mine.Count == theirs.Count && mine.Zip(theirs).All(pair => WasSaid(pair.First, pair.Second)),

                // A time has several spellings.
                _ => JsonNode.DeepEquals(answered, said)
                    || (TimeSpan.TryParse($"{answered}", CultureInfo.InvariantCulture, out TimeSpan mine) && TimeSpan.TryParse($"{said}", CultureInfo.InvariantCulture, out TimeSpan theirs) && mine == theirs),
            };
        }
        catch (ArgumentException)
        {
            // A name twice in one object: either of the two was said.
            return true;
        }
    }

    private static string Line(NodeReply reply) => $"{NodeProtocol.Mark} {NodeProtocol.Number} {Nonce} {JsonSerializer.Serialize(reply, NodeJson.Default.NodeReply)}";

    private static NodeConversation Listen(string text)
    {
        var conversation = new NodeConversation(Nonce, 2);
        conversation.Feed(Encoding.UTF8.GetBytes(text));
        return conversation;
    }
}
