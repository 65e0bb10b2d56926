using System.Text.Json;
using System.Text.Json.Serialization;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Node;

public sealed class NodeProtocolTests
{
    public static IEnumerable<TheoryDataRow<int>> Answers => Enumerable.Range(0, NodeSamples.Answers.Length).Select(i => new TheoryDataRow<int>(i));

    [Fact]
    public void Samples_EveryQuestionAndAnswer_AreThere()
    {
        Assert.Equal(Derived<NodeQuestion>(), NodeSamples.Questions.Select(q => q.GetType()).Order(ByName));
        Assert.Equal(Derived<NodeAnswer>(), NodeSamples.Answers.Select(a => a.GetType()).Order(ByName));
    }

    [Fact]
    public void Request_EveryQuestion_ArrivesAsItWas()
    {
        var request = new NodeRequest(NodeProtocol.Number, "n1", 45) { Questions = NodeSamples.Questions };
        byte[] sent = JsonSerializer.SerializeToUtf8Bytes(request, NodeJson.Default.NodeRequest);

        NodeRequest arrived = JsonSerializer.Deserialize(sent, NodeJson.Default.NodeRequest)!;

        Assert.Equal(sent, JsonSerializer.SerializeToUtf8Bytes(arrived, NodeJson.Default.NodeRequest));
        Assert.Equal([NodeSamples.Evil, "/dev/sda"], arrived.Questions.OfType<PathsQuestion>().Single().Paths);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Answer_EveryKind_ArrivesAsItWas(int place)
    {
        string sent = JsonSerializer.Serialize(new AnswerReply(0, NodeSamples.Answers[place]), NodeJson.Default.NodeReply);

        var arrived = (AnswerReply)JsonSerializer.Deserialize(sent, NodeJson.Default.NodeReply)!;

        Assert.Equal(NodeSamples.Answers[place].GetType(), arrived.Says.GetType());
        Assert.Equal(sent, JsonSerializer.Serialize(arrived, NodeJson.Default.NodeReply));

        // A line of the answer is a line, whatever is in it.
        Assert.DoesNotContain('\n', sent);
    }

    [Theory]
    [InlineData("""{"known":[false]}""", FactState.Known, null)]
    [InlineData("""{"absent":true}""", FactState.Absent, null)]
    [InlineData("""{"not-learned":"wipefs failed"}""", FactState.NotLearned, "wipefs failed")]
    [InlineData("""{}""", FactState.NotLearned, "the answer makes no sense")]
    [InlineData("""{"known":[]}""", FactState.NotLearned, "the answer makes no sense")]
    [InlineData("""{"known":[true,false]}""", FactState.NotLearned, "the answer makes no sense")]
    [InlineData("""{"known":[true],"absent":true}""", FactState.NotLearned, "the answer makes no sense")]
    [InlineData("""{"absent":false}""", FactState.NotLearned, "the answer makes no sense")]
    public void Fact_AsItTravels_IsWhatWasSaidAndNothingElse(string json, FactState state, string? why)
    {
        var answer = (KernelFilesystemsAnswer)((AnswerReply)JsonSerializer.Deserialize(
            """{"reply":"answer","question":0,"says":{"answer":"kernel-filesystems","types":{"ocfs2":""" + json + "}}}", NodeJson.Default.NodeReply)!).Says;

        Assert.Equal(state, answer.Types["ocfs2"].State);
        Assert.Equal(why, answer.Types["ocfs2"].Why);
    }

    private static readonly Comparer<Type> ByName = Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));

    private static IEnumerable<Type> Derived<T>() =>
        typeof(T).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false).Cast<JsonDerivedTypeAttribute>().Select(row => row.DerivedType).Order(ByName);
}
