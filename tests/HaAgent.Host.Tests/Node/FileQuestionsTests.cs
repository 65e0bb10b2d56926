using System.Runtime.InteropServices;
using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

public sealed class FileQuestionsTests : IDisposable
{
    private const string Evil = "a'b\"c`d$(touch marker);\nEND OF PATHS\n{evil}";

    private readonly string _directory = Directory.CreateTempSubdirectory("haagent-test").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Files_OfEveryKind_NoneBlocksAndEachIsKnownAbsentOrNotLearned()
    {
        string plain = Write("plain", "lock_manager = \"lockd\"\n\u00ff");
        string fifo = Path.Combine(_directory, "fifo");
        Assert.Equal(0, mkfifo(fifo, 0x180));
        string large = Path.Combine(_directory, "large");
        using (FileStream file = File.Create(large))
            file.SetLength(5 * 1024 * 1024);
        string link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, plain);
        string dangling = Path.Combine(_directory, "dangling");
        File.CreateSymbolicLink(dangling, Path.Combine(_directory, "nothing"));

        IReadOnlyDictionary<string, Fact<FileFact>> files = FileQuestions.Answer(
            new FilesQuestion([plain, fifo, large, link, dangling, _directory, "/dev/zero", plain + "/below", _directory + "/no"]), Soon).Files;

        Assert.Equal("lock_manager = \"lockd\"\n\u00c3\u00bf", files[plain].Value!.Text);
        Assert.InRange(files[plain].Value!.Age, TimeSpan.FromDays(-1), TimeSpan.FromDays(1));
        Assert.Equal(files[plain].Value!.Text, files[link].Value!.Text);
        Assert.Equal("it is a FIFO, not a file", files[fifo].Why);
        Assert.Contains("5242880 bytes", files[large].Why, StringComparison.Ordinal);
        Assert.Equal("it is a directory, not a file", files[_directory].Why);
        Assert.Equal("it is a device or socket, not a file", files["/dev/zero"].Why);
        Assert.All([dangling, plain + "/below", _directory + "/no"], path => Assert.Equal(FactState.Absent, files[path].State));
    }

    [Fact]
    public void Paths_WithEveryCharacter_ArriveAndLeaveAsTheyAre()
    {
        string evil = Write(Evil.Replace('/', '_'), "x");

        Fact<PathFact> fact = FileQuestions.Answer(new PathsQuestion([evil, evil + "\nno"]), Soon).Paths[evil];

        Assert.Equal((PathKind.File, evil, 1L), (fact.Value!.Kind, fact.Value.RealPath, fact.Value.Size));
        Assert.False(File.Exists("marker"));
    }

    [Fact]
    public void Paths_OfEveryKind_AreWhatTheyLeadTo()
    {
        string link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, _directory);

        IReadOnlyDictionary<string, Fact<PathFact>> paths = FileQuestions.Answer(new PathsQuestion([link, "/dev/null", "/proc/self/mountinfo", "/nothing/at/all"]), Soon).Paths;

        Assert.Equal((PathKind.Directory, _directory), (paths[link].Value!.Kind, paths[link].Value!.RealPath));
        Assert.Equal(PathKind.Other, paths["/dev/null"].Value!.Kind);
        Assert.Equal("/proc", paths["/proc/self/mountinfo"].Value!.MountPoint);
        Assert.Equal(FactState.Absent, paths["/nothing/at/all"].State);
    }

    [Fact]
    public void Directories_WithAndWithoutMark_AreTold()
    {
        Write(DirectoryFact.MarkFile, "f00d\n");
        string file = Write("file", "");

        IReadOnlyDictionary<string, Fact<DirectoryFact>> found = FileQuestions.Answer(new DirectoriesQuestion([_directory, "/proc", file, "/nothing"]), Soon).Directories;

        Assert.Equal("f00d", found[_directory].Value!.Mark.Value);
        Assert.Equal(("/proc", FactState.Absent), (found["/proc"].Value!.MountPoint, found["/proc"].Value!.Mark.State));
        Assert.Equal(FactState.Absent, found[file].State);
        Assert.Equal(FactState.Absent, found["/nothing"].State);
    }

    [Fact]
    public void Mounts_OfThisNode_HaveTheProcFilesystem() => Assert.Contains(FileQuestions.Mounts().Mounts, mount => mount is { Point: "/proc", Type: "proc" });

    private static Deadline Soon => Deadline.In(TimeSpan.FromSeconds(30));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

#pragma warning disable SYSLIB1054, CA2101 // A test's own call.
    [DllImport("libc.so.6", CharSet = CharSet.Ansi)]
    private static extern int mkfifo(string path, uint mode);
#pragma warning restore SYSLIB1054, CA2101
}
