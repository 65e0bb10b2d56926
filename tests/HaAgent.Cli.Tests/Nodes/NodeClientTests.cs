using System.Diagnostics;
using System.Globalization;
using System.Text;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Cli.Tests.Nodes;

/// <summary>
/// What an administrator reads when the other end is not what it should be, and that a change is not sent to such an end. Each end is a program that
/// stands for ssh.
/// </summary>
[Collection(nameof(NodeClientTests))]
public sealed class NodeClientTests : IDisposable
{
    private const string Ready = """haagent-node 1 - {"reply":"ready"}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-ssh-").FullName;
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");

    [Theory]
    [InlineData("echo 'ssh: connect to host bob port 22: Connection refused' >&2; exit 255", "ssh: connect to host bob port 22: Connection refused; nothing was changed there")]
    [InlineData("echo 'Host key verification failed.' >&2; exit 255", "Host key verification failed.; nothing was changed there")]
    [InlineData("echo 'root@bob: Permission denied (publickey,password).' >&2; exit 255", "root@bob: Permission denied (publickey,password).; nothing was changed there")]
    [InlineData("echo 'env: haagent: No such file or directory' >&2; exit 127", "it has no haagent: env: haagent: No such file or directory; nothing was changed there")]
    [InlineData("echo \"Unrecognized command or argument 'node'.\" >&2; exit 2", "it has an older haagent, which does not know 'haagent node': Unrecognized command or argument 'node'.; nothing was changed there")]
    [InlineData("echo 'This account is currently not available.'; exit 0", "it answered nothing; nothing was changed there")]
    [InlineData("echo 'haagent-node 2 - {\"reply\":\"ready\"}'; read request", "its haagent speaks protocol 2 and this one 1; nothing was changed there")]
    [InlineData("printf 'sudo: \\033[31ma password is required\\n' >&2; exit 1", "haagent node ended with status 1 there: sudo:  [31ma password is required; nothing was changed there")]
    [InlineData("head -c 40000000 /dev/zero", "its answer is longer than 32 MiB; nothing was changed there")]
    public async Task MakeAsync_NoHaagentThatListens_SaysSoAndThatNothingWasChanged(string end, string why)
    {
        RefusedReply refused = Assert.IsType<RefusedReply>(await MakeAsync($"{end}\n[ ! -t 0 ] && cat > \"$0.sent\""));

        Assert.Equal(why, refused.Why);
        Assert.NotEmpty(refused.Failure!.WayOut("bob").ToString());
        Assert.False(refused.IsUnknown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("echo 'Have a nice day'; printf 'haagent-node\\nhaagent-node 1\\nhaagent-node 1 x y z\\n\\0\\377\\n'")]
    public async Task MakeAsync_HaagentBehindATalkativeLogin_IsDone(string chatter)
    {
        Assert.IsType<DoneReply>(await MakeAsync($$"""
            {{chatter}}
            echo '{{Ready}}'
            request=$(cat)
            nonce=${request#*'"nonce":"'}; nonce=${nonce%%'"'*}
            echo "haagent-node 1 $nonce {\"reply\":\"done\"}"
            echo "haagent-node 1 $nonce {\"reply\":\"end\"}"
            """));
    }

    [Theory]
    [InlineData("exit 255")]
    [InlineData("kill -9 $$")]
    [InlineData("echo 'haagent-node 1 - {\"reply\":\"do'")]
    [InlineData("echo \"haagent-node 1 $nonce nonsense\"")]
    [InlineData("echo \"haagent-node 1 $nonce null\"")]
    [InlineData("echo \"haagent-node 1 other {\\\"reply\\\":\\\"done\\\"}\"")]
    [InlineData("echo \"haagent-node 1 $nonce {\\\"reply\\\":\\\"end\\\"}\"")]
    [InlineData("head -c 100000000 /dev/zero")]
    public async Task MakeAsync_EndsInMidChange_SaysThatItIsNotKnown(string end)
    {
        RefusedReply refused = Assert.IsType<RefusedReply>(await MakeAsync($$"""
            echo '{{Ready}}'
            request=$(cat)
            nonce=${request#*'"nonce":"'}; nonce=${nonce%%'"'*}
            {{end}}
            """));

        Assert.True(refused.IsUnknown);
        Assert.Contains("whether it was made is not known: run the same command again", refused.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MakeAsync_Refused_SaysWhy()
    {
        RefusedReply refused = Assert.IsType<RefusedReply>(await MakeAsync($$"""
            echo '{{Ready}}'
            cat > /dev/null
            echo 'haagent-node 1 - {"reply":"refused","why":"nothing is mounted at /mnt/shared"}'
            echo 'haagent-node 1 - {"reply":"end"}'
            """));

        Assert.Equal("nothing is mounted at /mnt/shared", refused.Why);
    }

    [Fact]
    public async Task MakeAsync_NoAnswerInTime_SaysSo()
    {
        RefusedReply silent = Assert.IsType<RefusedReply>(await MakeAsync("exec sleep 1000", TimeSpan.FromSeconds(1)));
        RefusedReply late = Assert.IsType<RefusedReply>(await MakeAsync($"echo '{Ready}'; exec sleep 1000", TimeSpan.FromSeconds(2)));

        Assert.Equal("it did not answer within 1 s; nothing was changed there", silent.Why);
        Assert.True(late.IsUnknown);
    }

    /// <summary>A login that is refused is to be mended; one that is slow, or that works, is not.</summary>
    [Theory]
    [InlineData("echo 'root@bob: Permission denied (publickey).' >&2; exit 255", FactState.Known, false)]
    [InlineData("echo 'ssh: connect to host bob port 22: Connection timed out' >&2; exit 255", FactState.Known, false)]
    [InlineData("exit 127", FactState.Known, true)]
    [InlineData("echo 'haagent-node 2 - {\"reply\":\"ready\"}'; read request", FactState.Known, true)]
    [InlineData("exec sleep 1000", FactState.NotLearned, false)]
    [InlineData("echo 'haagent-node 1 - {\"reply\":\"ready\"}'; exec sleep 1000", FactState.NotLearned, false)]
    public void Peers_OtherEndIsNotHaagent_OnlyARefusedLoginIsOne(string end, FactState state, bool logsIn)
    {
        Ssh(end);

        Fact<PeerFact> bob = NetworkQuestions.Answer(new PeersQuestion(["bob"]), Deadline.In(TimeSpan.FromSeconds(state == FactState.Known ? 20 : 2)), NodePermit.Changes).Nodes["bob"];

        Assert.Equal(state, bob.State);
        Assert.Equal(state == FactState.Known ? logsIn : null, bob.Value?.LogsIn);
        Assert.NotEqual(true, bob.Value?.Reached);
    }

    [Fact]
    public async Task AskAsync_Interrupted_EndsAtOnceAndWithItTheOtherEnd()
    {
        using var stopping = new CancellationTokenSource();
        string began = Fifo("began");
        Ssh($"echo $$ > {began}; exec sleep 1000");
        Task<NodeAnswers> asked = new NodeClient { Stopping = stopping.Token }.AskAsync("bob", [new MountsQuestion()], TimeSpan.FromHours(1));
        using Process end = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(began, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture));

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await end.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task MakeAsync_InterruptedInWhatMustNotBeCut_IsFinished()
    {
        using var stopping = new CancellationTokenSource();
        string began = Fifo("began");
        string goOn = Fifo("go-on");
        Ssh($$"""
            echo '{{Ready}}'
            request=$(cat)
            nonce=${request#*'"nonce":"'}; nonce=${nonce%%'"'*}
            echo $$ > {{began}}
            read word < {{goOn}}
            echo "haagent-node 1 $nonce {\"reply\":\"done\"}"
            echo "haagent-node 1 $nonce {\"reply\":\"end\"}"
            """);
        var client = new NodeClient { Stopping = stopping.Token };
        Task<NodeReply> made = client.MakeAsync("bob", new EnableUnits(["a.service"]), TimeSpan.FromHours(1));
        await File.ReadAllTextAsync(began, TestContext.Current.CancellationToken);

        await stopping.CancelAsync();
        await File.WriteAllTextAsync(goOn, "on\n", TestContext.Current.CancellationToken);

        Assert.IsType<DoneReply>(await made);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.MakeAsync("bob", new ShutDownGuest("VM1"), TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task MakeAsync_Always_FollowsSshConfigAndSaysNothingOnTheCommandLine()
    {
        await MakeAsync("printf '%s\\n' \"$@\" > \"$0.words\"");

        string[] words = File.ReadAllLines(Path.Combine(_folder, "ssh.words"));
        Assert.DoesNotContain("-l", words);
        Assert.Equal(["--", "bob", "exec env PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin haagent node"], words[^3..]);
    }

    [Fact]
    public void Feed_TenThousandBrokenConversations_NeverThrowsAndBelievesNoOther()
    {
        var random = new Random(20261125);
        byte[] whole = Encoding.ASCII.GetBytes($"Welcome\n{Ready}\nhaagent-node 1 n1 {{\"reply\":\"done\"}}\nhaagent-node 1 n1 {{\"reply\":\"end\"}}\n");
        for (int i = 0; i < 10_000; i++)
        {
            byte[] bytes = [.. whole];
            for (int n = random.Next(6); n > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes = bytes[..random.Next(bytes.Length + 1)];
            var conversation = new NodeConversation("n1", 0);
            for (int at = 0, length; at < bytes.Length; at += length)
            {
                length = Math.Min(random.Next(1, 40), bytes.Length - at);
                conversation.Feed(bytes.AsSpan(at, length));
            }

            if (conversation.Outcome is DoneReply)
                Assert.Contains("haagent-node 1 n1 {", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Directory.Delete(_folder, recursive: true);
    }

    private void Ssh(string end)
    {
        string ssh = Path.Combine(_folder, "ssh");
        File.WriteAllText(ssh, $"#!/bin/sh\n{end}\n");
        File.SetUnixFileMode(ssh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("PATH", $"{_folder}:{_path}");
    }

    private string Fifo(string name)
    {
        string path = Path.Combine(_folder, name);
        using Process made = Process.Start("mkfifo", path);
        made.WaitForExit();
        return path;
    }

    private async Task<NodeReply> MakeAsync(string end, TimeSpan? limit = null)
    {
        Ssh(end);
        return await new NodeClient { Self = "alice" }.MakeAsync("bob", new DisableAutostart("VM1"), limit ?? Limit);
    }
}
