using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Host.Tests;

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
