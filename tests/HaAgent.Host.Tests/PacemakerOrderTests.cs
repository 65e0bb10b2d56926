using HaAgent.Core.Guest;
using Xunit;

namespace HaAgent.Host.Tests;

/// <summary>A drop-in that systemd has not read is not left, as if it had been.</summary>
public sealed class PacemakerOrderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-order-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("daemon-reload")]
    [InlineData("start")]
    public void Ensure_SystemdDoesNotTakeIt_TheNextStartTriesAgain(string fails)
    {
        Systemctl($"show) exit 0;; {fails}) exit 1;;");
        Assert.Contains("did not take", Ensure().Message, StringComparison.Ordinal);
        Assert.False(File.Exists(DropIn));

        Systemctl("show) exit 0;;");
        Assert.Null(Ensure().Message);
        Assert.True(File.Exists(DropIn));
        Assert.Equal(["show", "daemon-reload", "start"], Asked());
    }

    [Fact]
    public void Ensure_SystemdDoesNotTell_ItIsReadAllTheSameAndNotAskedAgain()
    {
        Systemctl("show) exit 1;;");

        Assert.Null(Ensure().Message);
        Assert.Null(Ensure().Message);

        Assert.True(File.Exists(DropIn));
        Assert.Equal(["show", "daemon-reload", "start"], Asked());
    }

    private string DropIn => Path.Combine(_folder, "pacemaker.service.d", "50-haagent.conf");

    private string Program => Path.Combine(_folder, "systemctl");

    private OperationResult Ensure() => PacemakerOrder.Ensure(Deadline.In(TimeSpan.FromMinutes(1)), DropIn, Program);

    private string[] Asked() => File.ReadAllLines(Path.Combine(_folder, "asked"));

    private void Systemctl(string cases)
    {
        File.WriteAllText(Program, $"#!/bin/sh\necho $1 >>{_folder}/asked\ncase $1 in {cases} esac\n");
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(Path.Combine(_folder, "asked"));
    }
}
