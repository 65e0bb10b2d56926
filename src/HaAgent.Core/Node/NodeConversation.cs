using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HaAgent.Core.Node;

/// <summary>How a conversation with a node ended, as far as it is known.</summary>
public enum ConversationState
{
    /// <summary>Nothing that is an answer came yet.</summary>
    Silent,

    /// <summary>Some came, and not the end.</summary>
    Begun,

    /// <summary>The end came.</summary>
    Whole,

    /// <summary>What came is no answer of ours, or too much of it: nothing more is believed.</summary>
    Broken,
}

/// <summary>
/// What comes back from <c>haagent node</c>, piece by piece as the connection brings it. Everything in it is foreign: a login may chatter,
/// the other end may be another program, half an answer or a hundred megabytes of something.
/// </summary>
/// <param name="nonce">The request's.</param>
/// <param name="questions">How many were asked.</param>
#pragma warning disable CA1001 // A MemoryStream holds nothing that has to be given back.
public sealed class NodeConversation(string nonce, int questions)
#pragma warning restore CA1001
{
    private static readonly byte[] Mark = Encoding.ASCII.GetBytes(NodeProtocol.Mark + " ");

    private static readonly string Ready = JsonSerializer.Serialize(new ReadyReply(), NodeJson.Default.NodeReply);

    private readonly MemoryStream _line = new();
    private readonly NodeReply?[] _answers = new NodeReply?[questions];
    private long _bytes;

    /// <summary>How far it is.</summary>
    public ConversationState State { get; private set; }

    /// <summary>Why it is <see cref="ConversationState.Broken"/>; null when it is not.</summary>
    public NodeFailure? Problem { get; private set; }

    /// <summary>The other end is haagent, of a release that understands this one, and listens.</summary>
    public bool IsReady { get; private set; }

    /// <summary>What became of the change: <see cref="DoneReply"/>, <see cref="CopyReply"/>, <see cref="RefusedReply"/>; null: not heard
    /// of.</summary>
    public NodeReply? Outcome { get; private set; }

    /// <summary>The answer to a question.</summary>
    /// <param name="question">Its place.</param>
    /// <param name="otherwise">Why there is none, when none came.</param>
    public Fact<NodeAnswer> Answer(int question, string otherwise) =>
        _answers[question] switch
        {
            AnswerReply answer => Fact.Known(answer.Says),
            NotLearnedReply not => Fact.NotLearned<NodeAnswer>(not.Why),
            _ => Fact.NotLearned<NodeAnswer>(Problem?.Sentence ?? otherwise),
        };

    /// <summary>Takes the next bytes.</summary>
    /// <returns>Whether more is wanted.</returns>
    public bool Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && State is ConversationState.Silent or ConversationState.Begun)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> piece = end < 0 ? bytes : bytes[..end];
            _bytes += piece.Length + (end < 0 ? 0 : 1);
            if (_bytes > NodeProtocol.MostBytes)
            {
                Break(new NodeFailure.TooLong());
                break;
            }

            _line.Write(piece);
            if (end < 0)
                break;
            bytes = bytes[(end + 1)..];
            Take(_line.GetBuffer().AsSpan(0, (int)_line.Length));
            _line.SetLength(0);
        }

        return State is ConversationState.Silent or ConversationState.Begun;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        // "haagent-node PROTOCOL NONCE JSON"; whatever else a login prints is passed over.
        if (!line.StartsWith(Mark))
            return;
        string[] words = Encoding.UTF8.GetString(line[Mark.Length..]).Split(' ', 3);
        if (words.Length < 3 || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int protocol))
            return;
        if (protocol != NodeProtocol.Number)
        {
            Break(new NodeFailure.OtherProtocol(protocol));
            return;
        }

        // "-" is how a node answers that has not read who asks, or could not.
        if (words[1] != nonce && words[1] != "-")
            return;
        if (words[1] == "-" && !IsReady && words[2] == Ready)
        {
            IsReady = true;
            return;
        }

        State = ConversationState.Begun;
        try
        {
            byte[] json = Encoding.UTF8.GetBytes(words[2]);
            Take(SaysNull(json) ? null : JsonSerializer.Deserialize(json, NodeJson.Default.NodeReply));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            Break(new NodeFailure.NotUnderstood("its answer is not one that this haagent understands"));
        }
    }

    // Whoever speaks this protocol leaves out what it has not: a null would come out where the types promise something.
    private static bool SaysNull(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null)
                return true;
        }

        return false;
    }

    private void Take(NodeReply? reply)
    {
        switch (reply)
        {
            case AnswerReply { Says: not null } answer when IsQuestion(answer.Question):
                _answers[answer.Question] ??= answer;
                break;
            case NotLearnedReply { Why: not null } not when IsQuestion(not.Question):
                _answers[not.Question] ??= not;
                break;
            case DoneReply or CopyReply or RefusedReply { Why: not null }:
                Outcome ??= reply;
                break;
            case EndReply:
                State = ConversationState.Whole;
                break;
            default:
                Break(new NodeFailure.NotUnderstood("its answer is not one to what was asked"));
                break;
        }
    }

    private bool IsQuestion(int place) => place >= 0 && place < _answers.Length;

    private void Break(NodeFailure problem)
    {
        State = ConversationState.Broken;
        Problem = problem;
    }
}
