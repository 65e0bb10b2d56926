using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cluster.Configuration;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cli.Tests.Apply;

public sealed class CibCopyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-copies").FullName;
    private readonly Cib _cib = Cib.Parse(TestFile.Read("tests/Shared/guide.xml"));
    private DateTime _now = new(2026, 11, 25, 3, 4, 5);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Keep_Configuration_IsWholeAndForRootAlone()
    {
        string place = Path.Combine(_folder, "haagent");

        string path = new CibCopy(place, "add", () => _now).Keep(_cib);

        Assert.Equal(Path.Combine(place, "cib-before-20261125-030405-add.xml"), path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(place));
        var kept = Cib.Parse(File.ReadAllText(path));
        Assert.Equal(_cib.Version, kept.Version);
        Assert.Empty(CrmShell.Compare(_cib, kept));
        Assert.Empty(Directory.EnumerateFiles(place, "*.haagent-new"));
    }

    [Fact]
    public void Keep_TwoInOneSecond_BothStay()
    {
        var copies = new CibCopy(_folder, "remove", () => _now);

        Assert.NotEqual(copies.Keep(_cib), copies.Keep(_cib));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Keep_Many_TheNewestStayAndNothingElseGoes()
    {
        string mine = Path.Combine(_folder, "cib-of-mine.xml");
        File.WriteAllText(mine, "");
        var copies = new CibCopy(_folder, "add", () => _now = _now.AddSeconds(1));

        string[] all = [.. Enumerable.Range(0, 60).Select(_ => copies.Keep(_cib))];

        Assert.True(File.Exists(mine));
        Assert.Equal(all.TakeLast(50), Directory.GetFiles(_folder, "cib-before-*").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Keep_NowhereToWrite_IsRefused()
    {
        string file = Path.Combine(_folder, "taken");
        File.WriteAllText(file, "");

        Stop stop = Assert.Throws<Stop>(() => new CibCopy(file, "add", () => _now).Keep(_cib));

        Assert.Equal(ExitCode.Incomplete, stop.Code);
        Assert.Contains("was not changed", stop.Message, StringComparison.Ordinal);
    }
}
