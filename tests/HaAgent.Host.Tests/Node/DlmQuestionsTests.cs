using System.Text;
using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>What DLM needs to have a node fenced, and for which nodes it waits.</summary>
public sealed class DlmQuestionsTests : IDisposable
{
    private const string Status = """
        cluster nodeid 1 quorate 1 ring seq 12 12
        daemon now 912 fence_pid 0 
        fence 2 nodedown pid 0 actor 1 fail 1764400000 fence 0 now 1764400312
        node 1 M add 12 rem 0 fail 0 fence 0 at 0 0
        node 2 X add 13 rem 600 fail 600 fence 0 at 0 0

        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("haagent-test").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Helper_OfThisMachine_OpensPacemakersLibrary()
    {
        DlmHelper helper = DlmQuestions.Helper("/usr/sbin/dlm_stonith", "").Value!;

        Assert.Matches(@"\Alibstonithd\.so\.\d+\z", helper.Library);
        Assert.True(helper.Opens);
        Assert.EndsWith("/" + helper.Library, helper.Installed.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Helper_LibraryOfAnotherPacemaker_DoesNotOpenAndTheOneThatIsThereIsTold()
    {
        DlmHelper helper = DlmQuestions.Helper(Binary("libstonithd.so.9999"), "").Value!;

        Assert.Equal(("libstonithd.so.9999", false), (helper.Library, helper.Opens));
        Assert.Matches(@"/libstonithd\.so\.\d+\z", helper.Installed.Value);
    }

    [Fact]
    public void Helper_NamesNoLibrary_IsNotLearned() =>
        Assert.Equal(FactState.NotLearned, DlmQuestions.Helper(Binary("libother.so.1"), "").State);

    [Theory]
    [InlineData("log_debug=1\ndevice  wti /usr/sbin/fence_wti ipaddr=1.1.1.1\n")]
    [InlineData("fence_all /bin/true\n")]
    [InlineData("enable_fencing=0\n")]
    public void Helper_NotUsed_IsAbsent(string configuration) =>
        Assert.Equal(FactState.Absent, DlmQuestions.Helper(Binary("libstonithd.so.9999"), configuration).State);

    [Fact]
    public void Helper_NotInstalled_IsAbsent() => Assert.Equal(FactState.Absent, DlmQuestions.Helper(null, "").State);

    [Fact]
    public void Helper_NamedInTheConfigurationItself_IsTheOne() =>
        Assert.Equal(FactState.Known, DlmQuestions.Helper(Binary("libstonithd.so.9999"), "# device\nfence_all /usr/sbin/dlm_stonith\n").State);

    [Fact]
    public void ReadStatus_OfDlmTool_TellsWhoIsWaitedFor()
    {
        Assert.Equal([new DlmWait(2, TimeSpan.FromSeconds(312))], DlmQuestions.ReadStatus(Status).Value!);
        Assert.Empty(DlmQuestions.ReadStatus(Status.Replace("fence 2", "startup 2", StringComparison.Ordinal)).Value!);
        Assert.Equal([new DlmWait(3, TimeSpan.Zero)], DlmQuestions.ReadStatus("cluster nodeid 1 quorate 0 ring seq 1 1\nfence 3 no data\n").Value!);
        Assert.Equal(FactState.Absent, DlmQuestions.ReadStatus("cannot connect to dlm_controld\n").State);
        Assert.Equal(FactState.NotLearned, DlmQuestions.ReadStatus("cannot send to dlm_controld\n").State);
        Assert.Equal(FactState.NotLearned, DlmQuestions.ReadStatus("").State);
    }

    private string Binary(string library)
    {
        string path = $"{_directory}/program";
        File.WriteAllBytes(path, [0x7f, (byte)'E', (byte)'L', (byte)'F', 0, 255, .. Encoding.ASCII.GetBytes($"\0{library}\0stonith_api_kick\0")]);
        return path;
    }
}
