using HaAgent.Core.Locking;
using Xunit;

namespace HaAgent.Host.Tests;

/// <summary>Who holds a lease, whatever kind of file it is.</summary>
public sealed class LeaseProbeTests : IDisposable
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-lease-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Without a lockspace virtlockd locks the disk itself.</summary>
    [Fact]
    public void Ask_DeviceThatNobodyHolds_Nobody()
    {
        string file = Path.Combine(_folder, "disk.img");
        File.WriteAllText(file, new string('x', 1 << 20));
        CommandResult made = Command.Run(Deadline.In(Ample), "losetup", ["--find", "--show", file]);
        Assert.True(made.Succeeded, made.Reason);
        string device = made.Output.Trim();
        try
        {
            Assert.Equal(LeaseHolder.Nobody, LeaseProbe.Ask(device).Holder);
        }
        finally
        {
            Assert.True(Command.Run(Deadline.In(Ample), "losetup", ["--detach", device]).Succeeded);
        }
    }
}
