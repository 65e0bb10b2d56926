using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>What a node answered.</summary>
/// <param name="Answers">One for each question, in their order.</param>
/// <param name="Unreachable">Why it could not be asked at all; null when it answered something.</param>
internal sealed record NodeAnswers(IReadOnlyList<Fact<NodeAnswer>> Answers, string? Unreachable);

/// <summary>
/// Asks and changes nodes by <c>haagent node</c>: over ssh, which follows the administrator's ssh_config, or as a child process on this node. Nothing that
/// is said travels on a command line.
/// </summary>
internal sealed class NodeClient
{
    private const int SshFailed = 255;
    private const int NotFound = 127;

    /// <summary>Where programs are looked for, on every node alike: what a login by ssh, cron or sudo gives need not hold what an administrator's does.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

    // Always the same words.
    private const string RemoteCommand = $"exec env PATH={SearchPath} haagent node";

    private static readonly string[] Ssh =
    [
        "ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "-o", "LogLevel=ERROR", "--",
    ];

    /// <summary>The name of this node; null until the cluster has said it.</summary>
    public string? Self { get; set; }

    /// <summary>Asks a node.</summary>
    /// <param name="node">Its name in the cluster.</param>
    /// <param name="questions">What.</param>
    /// <param name="limit">The longest time.</param>
    public async Task<NodeAnswers> AskAsync(string node, IReadOnlyList<NodeQuestion> questions, TimeSpan limit)
    {
        Talk talk = await TalkAsync(node, request => request with { Questions = questions }, questions.Count, limit);
        bool any = talk.Conversation.State is ConversationState.Begun or ConversationState.Whole && talk.Conversation.Outcome is null;
        string why = talk.Why;
        return new NodeAnswers([.. questions.Select((_, i) => talk.Conversation.Answer(i, why))], any ? null : why);
    }

    /// <summary>Makes a change.</summary>
    /// <returns><see cref="DoneReply"/>, or <see cref="RefusedReply"/> with the reason, which may also be that nothing was heard.</returns>
    public async Task<NodeReply> MakeAsync(string node, NodeChange change, TimeSpan limit)
    {
        Talk talk = await TalkAsync(node, request => request with { Change = change }, 0, limit);
        return talk.Conversation is { State: not ConversationState.Broken, Outcome: { } outcome } ? outcome : new RefusedReply(talk.Why);
    }

    private async Task<Talk> TalkAsync(string node, Func<NodeRequest, NodeRequest> fill, int questions, TimeSpan limit)
    {
        string nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(fill(new NodeRequest(NodeProtocol.Number, nonce, limit.TotalSeconds)), NodeJson.Default.NodeRequest);
        var conversation = new NodeConversation(nonce, questions);

        // In a session of its own: Ctrl-C on our terminal must not cut a change in half.
        string[] words = node == Self ? ["--wait", Environment.ProcessPath!, "node"] : ["--wait", .. Ssh, node, RemoteCommand];
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("setsid", words) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return new Talk(conversation, $"setsid: {e.Message}");
        }

        var errors = new StringBuilder();
        Task chatter = KeepTailAsync(process.StandardError, errors);
        using var clock = new CancellationTokenSource(limit);
        try
        {
            Task sending = SendAsync(process, request);
            await ReadAsync(process, conversation, clock.Token);
            if (conversation.State == ConversationState.Whole)
                return new Talk(conversation, "it gave no answer to this");
            if (conversation.State == ConversationState.Broken)
            {
                process.Kill(entireProcessTree: true);
                return new Talk(conversation, conversation.Problem!);
            }

            await process.WaitForExitAsync(clock.Token);
            await Task.WhenAny(Task.WhenAll(chatter, sending), Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
            return new Talk(conversation, Explain(process.ExitCode, conversation, Tail(errors)));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new Talk(conversation, string.Create(CultureInfo.InvariantCulture, $"it did not answer within {limit.TotalSeconds:0} s"));
        }
    }

    private static string Explain(int status, NodeConversation conversation, string errors)
    {
        string said = errors.Length > 0 ? $": {errors}" : "";
        return (status, conversation.State) switch
        {
            (_, ConversationState.Begun) => $"it broke off in the middle of its answer{said}",
            (SshFailed, _) => errors.Length > 0 ? errors : "ssh to it failed and said nothing",
            (NotFound, _) => $"it has no haagent: install the package there{said}",
            (0, _) => $"it answered nothing: is 'haagent node' what its ssh login runs?{said}",
            _ => string.Create(CultureInfo.InvariantCulture, $"haagent node ended with status {status} there{said}"),
        };
    }

    private static async Task ReadAsync(Process process, NodeConversation conversation, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await process.StandardOutput.BaseStream.ReadAsync(buffer, stop)) > 0)
        {
            if (!conversation.Feed(buffer.AsSpan(0, count)))
                return;
        }
    }

    private static async Task SendAsync(Process process, byte[] request)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(request);
            process.StandardInput.Close();
        }
        catch (IOException)
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
            return string.Join("; ", errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3));
    }

    /// <summary>A conversation that is over.</summary>
    /// <param name="Conversation">What came.</param>
    /// <param name="Why">Why nothing more came, as the end of a sentence about the node.</param>
    private sealed record Talk(NodeConversation Conversation, string Why);
}
