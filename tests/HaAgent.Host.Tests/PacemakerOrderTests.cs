using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using Xunit;

namespace HaAgent.Host.Tests;

/// <summary>A drop-in counts when systemd says that it has read it, and not because it lies there.</summary>
public sealed class PacemakerOrderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-order-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Ensure_OrderedAlready_NothingIsWritten()
    {
        Systemd(reads: true);
        File.WriteAllText(Path.Combine(_folder, "read"), "");

        Assert.Null(Ensure().Message);

        Assert.False(File.Exists(DropIn));
        Assert.Equal(["show"], Asked());
    }

    [Fact]
    public void Ensure_NotOrdered_IsWrittenAndReadOnce()
    {
        Systemd(reads: true);

        Assert.Null(Ensure().Message);
        Assert.Null(Ensure().Message);

        Assert.True(File.Exists(DropIn));
        Assert.Equal(["show", "show", "daemon-reload", "show", "show"], Asked());
    }

    [Theory]
    [InlineData("show")]
    [InlineData("daemon-reload")]
    public void Ensure_SystemdFailed_TheFileStaysAndTheNextStartHasItRead(string failing)
    {
        Systemd(reads: true, failing);
        Assert.Contains("does not say that it took", Ensure().Message, StringComparison.Ordinal);
        Assert.True(File.Exists(DropIn));
        File.Delete(Path.Combine(_folder, "read"));

        Systemd(reads: true);
        Assert.Null(Ensure().Message);

        Assert.Equal(["show", "show", "daemon-reload", "show"], Asked());
    }

    [Fact]
    public void Ensure_SystemdIsSlow_IsSaidAndNothingIsReloaded()
    {
        Systemd(reads: true);
        Assert.Null(Ensure().Message);

        Systemd(reads: true, failing: "show");
        Assert.Contains("does not say that it took", Ensure().Message, StringComparison.Ordinal);

        Assert.Equal(["show"], Asked());
    }

    /// <summary>Both ask before either has had anything read.</summary>
    [Fact]
    public async Task Ensure_TwoStartsAtOnce_IsReadOnce()
    {
        Systemd(reads: true, first: "until [ $(grep -c show asked) -ge 2 ]; do :; done");

        Task<OperationResult> Start() => Task.Factory.StartNew(Ensure, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        OperationResult[] ends = await Task.WhenAll(Start(), Start());

        Assert.All(ends, end => Assert.Null(end.Message));

        Assert.Single(Asked(), "daemon-reload");
    }

    [Fact]
    public void Ensure_NoTargetToFollow_IsSaidAndNotReloadedEachTime()
    {
        Systemd(reads: false, target: "not-found");

        Assert.Contains("haagent setup", Ensure().Message, StringComparison.Ordinal);
        Assert.Contains("haagent setup", Ensure().Message, StringComparison.Ordinal);

        Assert.Single(Asked(), "daemon-reload");
    }

    [Fact]
    public void Ensure_LibvirtsTargetDoesNotRun_IsStarted()
    {
        Systemd(reads: true, guests: "inactive");

        Assert.Null(Ensure().Message);

        Assert.Equal("start", Asked()[^1]);
    }

    private string DropIn => Path.Combine(_folder, "resource-agents-deps.target.d", "50-haagent.conf");

    private string Program => Path.Combine(_folder, "systemctl");

    private OperationResult Ensure() => PacemakerOrder.Ensure(Deadline.In(TimeSpan.FromMinutes(1)), DropIn, Program);

    private string[] Asked() => File.ReadAllLines(Path.Combine(_folder, "asked"));

    /// <summary>A systemctl whose systemd has read the drop-in when there is a file "read", as it is after a reload.</summary>
    private void Systemd(bool reads, string failing = "nothing", string target = "loaded", string guests = "active", string first = ":")
    {
        string after = string.Join(' ', ShutdownOrdering.After(ShutdownOrdering.Unit));
        string other = "echo; printf 'LoadState=loaded\nActiveState=inactive\n'";
        File.WriteAllText(
            Program,
            $"""
            #!/bin/sh
            cd {_folder}
            echo $1 >>asked
            {first}
            case $1 in
            {failing}) exit 1;;
            daemon-reload) {(reads ? "touch read" : ":")};;
            show)
              printf 'LoadState=loaded\nActiveState=active\nAfter=basic.target resource-agents-deps.target\n\n'
              printf 'LoadState={target}\nActiveState=active\n'
              [ ! -e read ] || printf 'After={after}\nDropInPaths={ShutdownOrdering.OfAgent}\n'
              printf '\nLoadState=loaded\nActiveState={guests}\n'
              {other}; {other}; {other};;
            esac

            """
        );
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(Path.Combine(_folder, "asked"));
    }
}
