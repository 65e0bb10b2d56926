using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Host.Tests;

public sealed class BoundedTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(60);

    [Fact]
    public void Run_Answer_ComesBackAndNobodyIsCalled()
    {
        bool called = false;
        var bounded = new Bounded(() => called = true);

        Assert.True(bounded.Run(Deadline.In(Ample), () => 7, out int result));
        Assert.Equal((7, false), (result, called));
    }

    [Fact]
    public void Run_LateAnswer_CallsWhoWantsToKnowAndWaitsOn()
    {
        using var go = new ManualResetEventSlim();
        var bounded = new Bounded(go.Set);

        Assert.True(bounded.Run(Deadline.In(Ample), () => { go.Wait(); return 7; }, out int result));
        Assert.Equal(7, result);
    }

    [Fact]
    public void Run_NoAnswer_IsGivenUpAndTheNextCallIsServed()
    {
        using var never = new ManualResetEventSlim();
        var bounded = new Bounded();

        Assert.False(bounded.Run(Deadline.In(TimeSpan.FromMilliseconds(50)), () => { never.Wait(); return 1; }, out _));
        Assert.True(bounded.Run(Deadline.In(Ample), () => 2, out int result));
        Assert.Equal(2, result);
        never.Set();
    }

    [Fact]
    public void Run_NoTimeLeft_IsGivenUp()
    {
        using var never = new ManualResetEventSlim();

        Assert.False(new Bounded().Run(Deadline.In(TimeSpan.Zero), () => { never.Wait(); return 1; }, out _));
        never.Set();
    }

    [Fact]
    public void Run_Exception_IsThrownHere() => Assert.Throws<FormatException>(() => new Bounded().Run<int>(Deadline.In(Ample), () => throw new FormatException(), out _));

    [Fact]
    public async Task RunAsync_NoAnswer_Throws()
    {
        using var never = new ManualResetEventSlim();

        await Assert.ThrowsAsync<TimeoutException>(() => Bounded.RunAsync(Deadline.In(TimeSpan.FromMilliseconds(50)), () => { never.Wait(); return 1; }));
        never.Set();
    }
}

/// <summary>A process that nothing else ends (see Program.cs).</summary>
public sealed class WatchdogTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(60);

    [Fact]
    public void Overrun_Undecided_EndsWithAnErrorAndOneLine()
    {
        CommandResult result = Command.Run(Deadline.In(Ample), Environment.ProcessPath!, ["overrun", "undecided"]);

        Assert.Equal(((int)ExitCode.Generic, "ocf-exit-reason:waiting for the moon\n"), (result.ExitCode ?? -1, result.Errors));
    }

    [Fact]
    public void Overrun_AfterTheDecision_EndsWithIt() =>
        Assert.Equal((int)ExitCode.Success, Command.Run(Deadline.In(Ample), Environment.ProcessPath!, ["overrun", "decided"]).ExitCode);
}
