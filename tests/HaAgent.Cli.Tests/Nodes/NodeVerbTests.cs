using System.Diagnostics;
using System.Text.Json;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Host.Native;
using HaAgent.Host.Node;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace HaAgent.Cli.Tests.Nodes;

/// <summary>haagent node as a process: what it began it finishes, whatever becomes of the connection.</summary>
public sealed class NodeVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-node-").FullName;

    [Fact]
    public async Task Node_ConnectionDiesInMidChange_FinishesIt()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "haagent node works as root");
        string file = Path.Combine(_folder, "qemu.conf");
        byte[] content = [.. "<domain type='kvm'><name>VM1</name></domain>\n"u8];
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(
            new NodeRequest(NodeProtocol.Number, "n1", 60) { Change = new WriteFile(file, NodeChange.Fingerprint(content), content) }, NodeJson.Default.NodeRequest);

        // Another change holds the lock, so that this one has begun and is not done.
        Process node;
        using (SafeFileHandle held = NodeChanges.Hold(NodeChanges.LockFile, Deadline.In(TimeSpan.FromSeconds(60))))
        {
            string haagent = Path.Combine(AppContext.BaseDirectory, "haagent");
            node = Process.Start(new ProcessStartInfo(haagent, ["node"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            Assert.Equal("""haagent-node 1 - {"reply":"ready"}""", await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            await node.StandardInput.BaseStream.WriteAsync(request, TestContext.Current.CancellationToken);
            node.StandardInput.Close();
            node.StandardOutput.Close();
            node.StandardError.Close();
            const int hangUp = 1;
            Assert.Equal(0, Posix.Kill(node.Id, hangUp));
            Assert.False(File.Exists(file));
        }

        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        Assert.Equal("<domain type='kvm'><name>VM1</name></domain>\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 130)]
    public async Task Haagent_Interrupted_FinishesAndInterruptedTwiceEndsAtOnce(int times, int status)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "haagent node works as root");
        int[] signals = [2, 15];
        string haagent = Path.Combine(AppContext.BaseDirectory, "haagent");

        // Tests that run in the background of a shell have SIGINT ignored, and what they start inherits that (POSIX, Shell Command Language 2.11).
        using Process node = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", haagent, "node"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Assert.Equal("""haagent-node 1 - {"reply":"ready"}""", await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        foreach (int signal in signals[..times])
            Assert.Equal(0, Posix.Kill(node.Id, signal));
        if (times == 1)
        {
            byte[] request = JsonSerializer.SerializeToUtf8Bytes(new NodeRequest(NodeProtocol.Number, "n1", 60) { Questions = [new ReleaseQuestion()] }, NodeJson.Default.NodeRequest);
            await node.StandardInput.BaseStream.WriteAsync(request, TestContext.Current.CancellationToken);
            node.StandardInput.Close();
        }

        string said = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, node.ExitCode);
        Assert.Equal(times == 1, said.Contains("\"end\"", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
