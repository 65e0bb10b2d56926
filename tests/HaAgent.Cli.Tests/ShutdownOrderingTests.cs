using HaAgent.Core.Locking;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cli.Tests;

/// <summary>The package's file and the agent's say the same, and check knows both.</summary>
public sealed class ShutdownOrderingTests
{
    [Fact]
    public void Package_OrdersWhatTheAgentOrders()
    {
        string file = TestFile.Read("packaging/systemd/50-haagent.conf");

        Assert.EndsWith(ShutdownOrdering.Unit, file, StringComparison.Ordinal);
        Assert.Contains("virtlockd.service", ShutdownOrdering.After(file));
        Assert.Contains("libvirtd.service", ShutdownOrdering.After(file));
    }
}
