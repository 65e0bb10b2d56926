using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>What a node answered.</summary>
/// <param name="Answers">One for each question, in their order.</param>
/// <param name="Unreachable">Why it could not be asked at all; null when it answered something.</param>
internal sealed record NodeAnswers(IReadOnlyList<Fact<NodeAnswer>> Answers, NodeFailure? Unreachable);

/// <summary>
/// Asks and changes nodes by <c>haagent node</c>: over ssh, which follows the administrator's ssh_config, or as a child process on this
/// node. Nothing that is said travels on a command line.
/// </summary>
internal sealed class NodeClient
{
    private const int SshFailed = 255;
    private const int NotFound = 127;

    /// <summary>How haagent answers a verb that it does not know.</summary>
    private const int UsageError = 2;

    /// <summary>Where programs are looked for, on every node alike: what a login by ssh, cron or sudo gives need not hold what an
    /// administrator's does.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

    // Always the same words.
    private const string RemoteCommand = $"exec env PATH={SearchPath} haagent node";

    private static readonly string[] Ssh =
    [
        "ssh",
        "-T",
        "-o",
        "BatchMode=yes",
        "-o",
        "ConnectTimeout=5",
        "-o",
        "ServerAliveInterval=5",
        "-o",
        "ServerAliveCountMax=3",
        "-o",
        "LogLevel=ERROR",
        "--",
    ];

    /// <summary>The name of this node; null until the cluster has said it.</summary>
    public string? Self { get; set; }

    /// <summary>Set when the admin interrupts: what is only asked or waited for is then not waited for any longer. What changes something
    /// is finished.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>Asks a node.</summary>
    /// <param name="node">Its name in the cluster.</param>
    /// <param name="questions">What.</param>
    /// <param name="limit">The longest time.</param>
    /// <exception cref="OperationCanceledException">The admin interrupted.</exception>
    public async Task<NodeAnswers> AskAsync(string node, IReadOnlyList<NodeQuestion> questions, TimeSpan limit)
    {
        Talk talk = await TalkAsync(
            node,
            request => request with { Questions = questions },
            isChange: false,
            questions.Count,
            limit,
            Stopping
        );
        bool any = talk.Conversation.State is ConversationState.Begun or ConversationState.Whole && talk.Conversation.Outcome is null;
        string why = talk.Failure.Sentence;
        return new NodeAnswers([.. questions.Select((_, i) => talk.Conversation.Answer(i, why))], any ? null : talk.Failure);
    }

    /// <summary>Makes a change.</summary>
    /// <returns>
    /// <see cref="DoneReply"/>; <see cref="CopyReply"/> to a <see cref="TryCopy"/>; or <see cref="RefusedReply"/> with the reason, which
    /// may also be that nothing was heard: its <see cref="RefusedReply.IsUnknown"/> tells whether the change may be made all the same.
    /// </returns>
    /// <exception cref="OperationCanceledException">The admin interrupted, and the change is one that waits.</exception>
    public async Task<NodeReply> MakeAsync(string node, NodeChange change, TimeSpan limit)
    {
        Talk talk = await TalkAsync(
            node,
            request => request with { Change = change },
            isChange: true,
            0,
            limit,
            IsWait(change) ? Stopping : CancellationToken.None
        );
        if (talk.Conversation is { State: not ConversationState.Broken, Outcome: { } outcome })
            return outcome;
        string sentence = talk.Failure.Sentence;
        return talk.Sent
            ? new RefusedReply($"{sentence}; whether it was made is not known: run the same command again, which finds out")
            {
                Failure = talk.Failure,
                IsUnknown = true,
            }
            : new RefusedReply($"{sentence}; nothing was changed there") { Failure = talk.Failure };
    }

    // What these begin goes on by itself, and made again they find how far it is.
    private static bool IsWait(NodeChange change) =>
        change is ShutDownGuest or SeeMark or SeeFile or SeeGuestProcess or RefreshResource or ForgetResource;

    private async Task<Talk> TalkAsync(
        string node,
        Func<NodeRequest, NodeRequest> fill,
        bool isChange,
        int questions,
        TimeSpan limit,
        CancellationToken stopping
    )
    {
        stopping.ThrowIfCancellationRequested();
        string nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(
            fill(new NodeRequest(NodeProtocol.Number, nonce, limit.TotalSeconds)),
            NodeJson.Default.NodeRequest
        );
        var conversation = new NodeConversation(nonce, questions);

        // In a session of its own: Ctrl-C on our terminal must not cut a change in half.
        string[] words = node == Self ? [Environment.ProcessPath!, "node"] : [.. Ssh, node, RemoteCommand];
        using OpenProgram? process = OpenProgram.Start(words[0], words[1..], out string problem);
        if (process is null)
            return new Talk(conversation, new NodeFailure.NotStarted(words[0], problem), Sent: false);

        var errors = new StringBuilder();
        Task chatter = KeepTailAsync(new StreamReader(process.Errors), errors);
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        clock.CancelAfter(limit);

        // A change goes to nothing but a haagent that has said that it listens: what fails before that has changed nothing.
        Task? sending = isChange ? null : SendAsync(process, request);
        try
        {
            await ReadAsync(process, conversation, () => sending ??= SendAsync(process, request), clock.Token);
            if (conversation.State == ConversationState.Whole)
                return new Talk(conversation, new NodeFailure.NotUnderstood("it gave no answer to this"), sending is not null);
            if (conversation.State == ConversationState.Broken)
            {
                Leave(process, node, isChange && sending is not null);
                return new Talk(conversation, conversation.Problem!, sending is not null);
            }

            // Whoever waits for a request that will not come is to end.
            if (sending is null)
                process.Input.Dispose();
            int status = await process.End.WaitAsync(clock.Token);
            await Task.WhenAny(
                Task.WhenAll(chatter, sending ?? Task.CompletedTask),
                Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None)
            );
            return new Talk(
                conversation,
                Explain(status, isChange && sending is not null ? ConversationState.Begun : conversation.State, Tail(errors)),
                sending is not null
            );
        }
        catch (OperationCanceledException)
        {
            Leave(process, node, isChange && sending is not null);
            stopping.ThrowIfCancellationRequested();
            return new Talk(conversation, new NodeFailure.TooLate(limit), sending is not null);
        }
    }

    // A change that was begun is not ended with us: on this node its process is left to finish it, elsewhere only the connection goes.
    private void Leave(OpenProgram process, string node, bool begun)
    {
        if (!begun || node != Self)
            process.Kill();
    }

    // By the statuses of ssh(1), of the shell and of haagent.
    private static NodeFailure Explain(int status, ConversationState state, string said) =>
        (status, state) switch
        {
            (_, ConversationState.Begun) => new NodeFailure.BrokenOff(said),
            (SshFailed, _) => new NodeFailure.NotReached(said),
            (NotFound, _) => new NodeFailure.NoHaagent(said),
            (UsageError, _) => new NodeFailure.OlderHaagent(said),
            (0, _) => new NodeFailure.NoAnswer(said),
            _ => new NodeFailure.Ended(status, said),
        };

    private static async Task ReadAsync(OpenProgram process, NodeConversation conversation, Action whenReady, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await process.Output.ReadAsync(buffer, stop)) > 0)
        {
            if (!conversation.Feed(buffer.AsSpan(0, count)))
                return;
            if (conversation.IsReady)
                whenReady();
        }
    }

    private static async Task SendAsync(OpenProgram process, byte[] request)
    {
        try
        {
            await process.Input.WriteAsync(request);
            await process.Input.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It ended before it had read everything; its status and its errors say why.
        }
    }

    private static async Task KeepTailAsync(StreamReader from, StringBuilder to)
    {
        const int Most = 4096;
        var buffer = new char[1024];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            lock (to)
            {
                to.Append(buffer, 0, count);
                if (to.Length > Most)
                    to.Remove(0, to.Length - Most);
            }
        }
    }

    /// <summary>The last lines, as one.</summary>
    private static string Tail(StringBuilder errors)
    {
        lock (errors)
        {
            string[] lines = errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

            // It is foreign text: it must not steer the terminal.
            return string.Concat(string.Join("; ", lines.TakeLast(3)).Select(c => char.IsControl(c) ? ' ' : c));
        }
    }

    /// <summary>A conversation that is over.</summary>
    /// <param name="Conversation">What came.</param>
    /// <param name="Failure">Why nothing more came.</param>
    /// <param name="Sent">Whether the request went out.</param>
    private sealed record Talk(NodeConversation Conversation, NodeFailure Failure, bool Sent);
}
