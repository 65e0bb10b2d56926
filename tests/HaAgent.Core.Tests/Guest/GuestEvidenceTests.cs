using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

/// <summary>What follows from what was seen: "not active" only where that is proven.</summary>
public sealed class GuestEvidenceTests
{
    private static readonly PendingCall Start = new(PendingKind.Start, "boot", 100);
    private static readonly OperationResult TimedOut = OperationResult.Failed("libvirt did not answer within 5 s", FailureKind.TimedOut);
    private static readonly OperationResult Refused = OperationResult.Failed("libvirt says: Connection refused", FailureKind.Unreachable);
    private static readonly Observation Gone = new Observation.Absent("libvirt knows no such domain");
    private static readonly Fact<int> NoProcess = Fact.Absent<int>();

    [Theory]
    [InlineData(DaemonLife.Gone)]
    [InlineData(DaemonLife.Lives)]
    [InlineData(DaemonLife.Spawns)]
    [InlineData(DaemonLife.NotLearned)]
    public void Judge_StartInFlightAndLibvirtTimesOut_CannotTell(DaemonLife daemon)
    {
        Observation verdict = (Silent(TimedOut, daemon) with { Pending = Start, Now = 135 }).Judge();

        Assert.Equal("libvirt was asked 35 s ago to start it and has not answered that, and it may still do so (libvirt did not answer within 5 s)", Assert.IsType<Observation.Unknown>(verdict).Why);
    }

    [Theory]
    [InlineData(DaemonLife.Gone, true)]
    [InlineData(DaemonLife.Lives, false)]
    [InlineData(DaemonLife.Spawns, false)]
    [InlineData(DaemonLife.NotLearned, false)]
    public void Judge_StartInFlightAndConnectionRefused_AbsentOnlyWhenTheDaemonIsGone(DaemonLife daemon, bool absent) =>
        Assert.Equal(absent, (Silent(Refused, daemon) with { Pending = Start }).Judge() is Observation.Absent);

    [Theory]
    [InlineData(DaemonLife.Gone, true)]
    [InlineData(DaemonLife.Lives, true)]
    [InlineData(DaemonLife.Spawns, false)]
    [InlineData(DaemonLife.NotLearned, false)]
    public void Judge_NothingPendingAndLibvirtTimesOut_AbsentUnlessItStartsSomething(DaemonLife daemon, bool absent) =>
        Assert.Equal(absent, Silent(TimedOut, daemon).Judge() is Observation.Absent);

    [Fact]
    public void Judge_StartInFlightAndLibvirtDoesNotShowIt_CannotTellUntilSettled()
    {
        GuestEvidence evidence = new() { Libvirt = Gone, Process = NoProcess, Pending = Start };

        Assert.True(Assert.IsType<Observation.Unknown>(evidence.Judge()).SettlesSoon);
        Assert.Same(Gone, (evidence with { IsSettled = true }).Judge());
        Assert.Same(Gone, (evidence with { Pending = null }).Judge());
    }

    [Fact]
    public void Judge_StartInFlightOnAnotherHypervisor_CannotTellUntilSettled()
    {
        GuestEvidence evidence = new() { Libvirt = Gone, Process = null, Pending = Start };

        Assert.IsType<Observation.Unknown>(evidence.Judge());
        Assert.Same(Gone, (evidence with { IsSettled = true }).Judge());
    }

    [Fact]
    public void Judge_AnotherHypervisorDoesNotAnswer_CannotTell() =>
        Assert.IsType<Observation.Unknown>(new GuestEvidence { Libvirt = null, Failure = Refused, Process = null, Daemon = () => DaemonLife.Gone }.Judge());

    [Fact]
    public void Judge_ProcessLives_IsActiveWhateverLibvirtSays()
    {
        Fact<int> process = Fact.Known<int>(4711);

        Assert.Equal(Evidence.ProcessLostByLibvirt, Assert.IsType<Observation.Active>(new GuestEvidence { Libvirt = Gone, Process = process }.Judge()).By);
        Assert.Equal(Evidence.ProcessOnly, Assert.IsType<Observation.Active>((Silent(TimedOut, DaemonLife.Lives) with { Process = process, Pending = Start }).Judge()).By);
    }

    [Fact]
    public void Judge_ProcessNotLearned_CannotTellWhateverLibvirtSays()
    {
        Fact<int> process = Fact.NotLearned<int>("/proc cannot be read");

        Assert.Contains("/proc cannot be read", Assert.IsType<Observation.Unknown>(new GuestEvidence { Libvirt = Gone, Process = process }.Judge()).Why, StringComparison.Ordinal);
        Assert.IsType<Observation.Unknown>((Silent(Refused, DaemonLife.Gone) with { Process = process }).Judge());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Judge_ProcessOfTheSameNameThatLibvirtDoesNotAccountFor_IsNoProofOfAbsence(bool answers)
    {
        GuestEvidence evidence = Silent(Refused, DaemonLife.Lives) with { Libvirt = answers ? Gone : null, Confused = () => Fact.Known("vm1 (beef), process 7") };

        Assert.Contains("process 7", Assert.IsType<Observation.Unknown>(evidence.Judge()).Why, StringComparison.Ordinal);
        Assert.IsType<Observation.Unknown>((evidence with { Confused = () => Fact.NotLearned<string>("/proc") }).Judge());
        Assert.IsType<Observation.Absent>((evidence with { Confused = Fact.Absent<string> }).Judge());
    }

    private static GuestEvidence Silent(OperationResult failure, DaemonLife daemon) => new() { Libvirt = null, Failure = failure, Process = NoProcess, Daemon = () => daemon };
}
