using System.Globalization;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Screens;
using HaAgent.Cli.Tests.Nodes;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cli.Tests.Apply;

/// <summary>What is said of a plan's end. The other node is a program that stands for ssh and does what it is asked.</summary>
[Collection(nameof(NodeClientTests))]
public sealed class PlanRunnerTests : IDisposable
{
    private const string Willing = """
        #!/bin/sh
        echo 'haagent-node 1 - {"reply":"ready"}'
        request=$(cat)
        nonce=${request#*'"nonce":"'}; nonce=${nonce%%'"'*}
        echo "haagent-node 1 $nonce {\"reply\":\"done\"}"
        echo "haagent-node 1 $nonce {\"reply\":\"end\"}"

        """;

    private static readonly Plan Refused = new() { Refusals = [Refusal.NotLearned("how libvirt runs", "bob", "it did not answer within 45 s")] };

    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-plan-").FullName;
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");
    private readonly StringWriter _screen = new(CultureInfo.InvariantCulture);

    public PlanRunnerTests()
    {
        string ssh = Path.Combine(_folder, "ssh");
        File.WriteAllText(ssh, Willing);
        File.SetUnixFileMode(ssh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("PATH", $"{_folder}:{_path}");
    }

    [Fact]
    public async Task RunAsync_RefusedBeforeAnyChange_SaysThatNothingIsChanged()
    {
        Assert.Equal(ExitCode.Refused, await RunAsync(Refused));

        Assert.StartsWith("Nothing is changed.", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RefusedAfterChanges_SaysWhatWasDoneAndThatItStays()
    {
        var made = new Change.OnNode("bob", "enable libvirtd on bob", new EnableUnits(["libvirtd.service"]), TimeSpan.FromSeconds(20))
        {
            Leaves = ["/etc/systemd/system/libvirtd.service"],
        };

        Assert.Equal(ExitCode.Incomplete, await RunAsync(Plan.Of(made), Refused));

        string said = _screen.ToString();
        Assert.DoesNotContain("Nothing is changed.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("so nothing is changed", said, StringComparison.Ordinal);
        Assert.Contains("What was done stays", said, StringComparison.Ordinal);
        Assert.Contains("haagent cannot tell how libvirt runs on bob: it did not answer within 45 s", said, StringComparison.Ordinal);
        Assert.Contains("bob:/etc/systemd/system/libvirtd.service", said, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Directory.Delete(_folder, recursive: true);
        _screen.Dispose();
    }

    private Task<ExitCode> RunAsync(params Plan[] plans)
    {
        var session = new Session(new PlainScreen(_screen, _screen, null), TestContext.Current.CancellationToken);
        session.Nodes.Self = "alice";
        var left = new Queue<Plan>(plans);
        return new PlanRunner(session, new PlanOptions(DryRun: false, Yes: true, Json: false) { Verb = "setup" }).RunAsync(
            () => Task.FromResult(left.Dequeue()),
            "done"
        );
    }
}
