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

    private static readonly Change Made = new Change.OnNode("bob", "enable libvirtd on bob", new EnableUnits(["libvirtd.service"]), TimeSpan.FromSeconds(20))
    {
        Leaves = ["/etc/systemd/system/libvirtd.service"],
    };

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
        Assert.Equal(ExitCode.Incomplete, await RunAsync(Plan.Of(Made), Refused));

        string said = _screen.ToString();
        Assert.DoesNotContain("Nothing is changed.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("so nothing is changed", said, StringComparison.Ordinal);
        Assert.Contains("What was done stays", said, StringComparison.Ordinal);
        Assert.Contains("haagent cannot tell how libvirt runs on bob: it did not answer within 45 s", said, StringComparison.Ordinal);
        Assert.Contains("bob:/etc/systemd/system/libvirtd.service", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ClusterLostAfterChanges_SaysThatTheyStay()
    {
        Stop stop = await Assert.ThrowsAsync<Stop>(() => RunAsync(Plan.Of(Made), null));

        Assert.Equal(ExitCode.Incomplete, stop.Code);
        Assert.Contains("the cluster is gone. What was done stays", stop.Message, StringComparison.Ordinal);
        Assert.Contains("bob:/etc/systemd/system/libvirtd.service", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ClusterLostBeforeAnyChange_IsNotReached()
    {
        Stop stop = await Assert.ThrowsAsync<Stop>(() => RunAsync([null]));

        Assert.Equal(ExitCode.Unreachable, stop.Code);
        Assert.Equal("the cluster is gone.", stop.Message);
    }

    [Fact]
    public async Task RunAsync_NoAfterChanges_SaysThatTheyStay()
    {
        Stop stop = await Assert.ThrowsAsync<Stop>(() => AskedAsync("yes\nno\n", Plan.Of(Made), Plan.Of(Made), Plan.Of(Made)));

        Assert.Equal(ExitCode.Incomplete, stop.Code);
        Assert.StartsWith("You said no. What was done stays", stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NobodyToAskAfterChanges_DoesNotSayThatNothingWasChanged()
    {
        Stop stop = await Assert.ThrowsAsync<Stop>(() => AskedAsync("yes\n", Plan.Of(Made), Plan.Of(Made), Plan.Of(Made)));

        Assert.Equal(ExitCode.Incomplete, stop.Code);
        Assert.DoesNotContain("nothing was changed", stop.Message, StringComparison.Ordinal);
        Assert.Contains("What was done stays", stop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RefusedAfterALookAlone_SaysThatNothingIsChanged()
    {
        var look = new Change.OnNode("bob", "see that bob reads it", new SeeFile("/mnt/shared/VM1.xml", new string('0', 64)), TimeSpan.FromSeconds(20));

        Assert.Equal(ExitCode.Refused, await RunAsync(Plan.Of(look), Refused));

        Assert.Contains("Nothing is changed.", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ChangeFailedAfterAGuestWasShutDown_SaysThatItIsOff()
    {
        File.WriteAllText(Path.Combine(_folder, "ssh"), Willing.Replace("""request=$(cat)""", """request=$(cat); case $request in *enable-units*) exit 1;; esac""", StringComparison.Ordinal));
        var shutdown = new Change.OnNode("bob", "shut VM1 down on bob", new ShutDownGuest("VM1"), TimeSpan.FromSeconds(20));

        Stop stop = await Assert.ThrowsAsync<Stop>(() => RunAsync(Plan.Of(shutdown) + Plan.Of(Made)));

        Assert.Equal(ExitCode.Incomplete, stop.Code);
        Assert.Contains("VM1 is shut off and not the cluster's yet", stop.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Directory.Delete(_folder, recursive: true);
        _screen.Dispose();
    }

    private Task<ExitCode> RunAsync(params Plan?[] plans) => RunAsync(null, plans);

    private Task<ExitCode> AskedAsync(string answers, params Plan?[] plans) => RunAsync(new StringReader(answers), plans);

    // Where there is no plan, the cluster cannot be asked any longer.
    private Task<ExitCode> RunAsync(TextReader? answers, Plan?[] plans)
    {
        var session = new Session(new PlainScreen(_screen, _screen, answers), TestContext.Current.CancellationToken);
        session.Nodes.Self = "alice";
        var left = new Queue<Plan?>(plans);
        return new PlanRunner(session, new PlanOptions(DryRun: false, Yes: answers is null, Json: false) { Verb = "setup" }).RunAsync(
            () => Task.FromResult(left.Dequeue() ?? throw new Stop(ExitCode.Unreachable, "the cluster is gone.")),
            "done"
        );
    }
}
