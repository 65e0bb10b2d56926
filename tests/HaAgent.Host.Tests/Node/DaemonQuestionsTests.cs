using System.Globalization;
using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

public sealed class DaemonQuestionsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("haagent-test").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Units_BlocksOfSystemctl_AreReadInTheOrderAsked()
    {
        UnitsAnswer answer = DaemonQuestions.ReadUnits("""
            LoadState=loaded
            ActiveState=active
            UnitFileState=enabled
            NeedDaemonReload=no

            LoadState=not-found
            ActiveState=inactive
            UnitFileState=
            NeedDaemonReload=no

            LoadState=loaded
            ActiveState=active
            UnitFileState=enabled
            NeedDaemonReload=yes

            """, ["libvirtd.service", "virtqemud.service", "pacemaker.service"], ["libvirtd.service"]);

        Assert.True(answer.Units["libvirtd.service"] is { Exists: true, Enabled: true, Running: true });
        Assert.False(answer.Units["virtqemud.service"].Exists);
        Assert.True(answer.PacemakerNeedsReload);
        Assert.Equal(["libvirtd.service"], answer.PacemakerAfter);
    }

    [Theory]
    [InlineData("")]
    [InlineData("LoadState=loaded\nActiveState=active\n")]
    [InlineData("LoadState=loaded\nActiveState=active\n\nLoadState=loaded\n\n")]
    public void Units_LessThanAsked_IsNoAnswer(string text) => Assert.Throws<FormatException>(() => DaemonQuestions.ReadUnits(text, ["a.service", "b.service"], []));

    [Fact]
    public void Age_FromProc_CountsFromTheBoot()
    {
        string stat = "7 (a) b (c)) S " + string.Join(' ', Enumerable.Range(4, 18).Select(i => i.ToString(CultureInfo.InvariantCulture))) + " 12345 0\n";

        Assert.Equal(TimeSpan.FromSeconds(1000 - 123.45), ProcessTable.Age(stat, TimeSpan.FromSeconds(1000)));
    }

    [Fact]
    public void Processes_ThisOne_IsFoundAndHasAnAge()
    {
        string name = ProcessTable.TextOf(Environment.ProcessId, "comm")!.Trim();

        Assert.Contains((Environment.ProcessId, name), ProcessTable.OfRoot(name));
        Assert.Null(ProcessTable.TextOf(int.MaxValue, "comm"));
        Assert.InRange(ProcessTable.Age(ProcessTable.TextOf(Environment.ProcessId, "stat")!, NodeTime.Uptime), TimeSpan.FromMinutes(-5), TimeSpan.FromHours(1));
    }

    [Fact]
    public void Daemon_UsersProcessOfItsName_IsNoneAndNotStartedAgainAsRoot()
    {
        string program = Path.Combine(_directory, "virtlockd");
        File.Copy("/bin/sleep", program);
        File.SetUnixFileMode(_directory, (UnixFileMode)0x1ED);
        using var stranger = System.Diagnostics.Process.Start("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", program, "1000"]);
        try
        {
            while ((ProcessTable.TextOf(stranger.Id, "comm") ?? "").Trim() != "virtlockd")
                Thread.Yield();

            Assert.DoesNotContain(ProcessTable.OfRoot("virtlockd"), process => process.Pid == stranger.Id);
            Assert.Equal(FactState.Absent, ProcessTable.IsRoots(stranger.Id, "virtlockd").State);
            IOException refused = Assert.Throws<IOException>(() => DaemonChanges.Make(new RestartProcess("virtlockd", stranger.Id), Deadline.In(TimeSpan.FromSeconds(60)), held: null));
            Assert.Contains("root's alone", refused.Message);
        }
        finally
        {
            stranger.Kill();
            stranger.WaitForExit();
        }
    }

    [Fact]
    public void Locked_FileOfThisProcess_IsTold()
    {
        string path = Path.Combine(_directory, "lease");
        using FileStream file = File.Create(path);
        using FileStream other = File.Create(path + "-free");
        file.Lock(0, 1);

        string[] locked = [.. WatchQuestions.Locked(Environment.ProcessId)];

        Assert.Contains(path, locked);
        Assert.DoesNotContain(path + "-free", locked);
        Assert.Empty(WatchQuestions.Locked(int.MaxValue));
    }

}
