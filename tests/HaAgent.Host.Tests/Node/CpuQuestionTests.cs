using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>libvirt starts the emulator that it is asked about: no request, and no guest's XML, has it start any program.</summary>
public sealed class CpuQuestionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-emulator-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(NodePermit.Questions, "qemu-system-x86_64")]
    [InlineData(NodePermit.Changes, "qemu-system-x86_64")]
    [InlineData(NodePermit.Changes, "wrapper")]
    public void Answer_EmulatorThatOthersThanRootCanChange_IsNotAsked(NodePermit permit, string name)
    {
        string emulator = Path.Combine(_folder, name);
        File.WriteAllText(emulator, "#!/bin/sh\n");
        File.SetUnixFileMode(emulator, (UnixFileMode)0x1FF);

        (Fact<bool> answer, GuestCpu? asked) = Ask(emulator, permit);

        Assert.Equal(FactState.NotLearned, answer.State);
        Assert.Contains(emulator, answer.Why, StringComparison.Ordinal);
        Assert.Null(asked);
    }

    [Fact]
    public void Answer_RootsProgramThatIsNoQemu_IsAskedOnlyForWhoMayChangeTheNode()
    {
        string program = Path.GetFullPath(File.ResolveLinkTarget("/bin/sh", returnFinalTarget: true)?.FullName ?? "/bin/sh");

        Assert.Equal(FactState.NotLearned, Ask("/bin/sh", NodePermit.Questions).Answer.State);
        Assert.Null(Ask("/bin/sh", NodePermit.Questions).Asked);
        Assert.Equal(Path.GetFileName(program), Path.GetFileName(Ask("/bin/sh", NodePermit.Changes).Asked!.Emulator));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("relative/qemu-system-x86_64")]
    [InlineData("/nowhere/qemu-system-x86_64")]
    public void Answer_NoEmulatorThere_OnlyLibvirtsChoiceIsAsked(string? emulator)
    {
        (Fact<bool> answer, GuestCpu? asked) = Ask(emulator, NodePermit.Questions);

        Assert.Equal(emulator is null ? FactState.Known : FactState.NotLearned, answer.State);
        Assert.Equal(emulator is null, asked is not null);
    }

    private static (Fact<bool> Answer, GuestCpu? Asked) Ask(string? emulator, NodePermit permit)
    {
        GuestCpu? asked = null;
        var question = new CpusQuestion(new Dictionary<string, GuestCpu> { ["VM1"] = new("<cpu/>", "kvm", emulator) });
        CpusAnswer answer = DomainQuestions.Answer(question, Deadline.In(TimeSpan.FromSeconds(20)), permit, cpu =>
        {
            asked = cpu;
            return Fact.Known(true);
        });
        return (answer.Guests["VM1"], asked);
    }
}
