using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>Of a node's logs only what the agent says of migrations is shown.</summary>
public sealed class MigrationLogTests
{
    [Fact]
    public void Migrations_OfLogs_AreTheAgentsOwnLinesAlone()
    {
        const string Own = "Nov 24 09:40:00 alice VirtualDomain(VM1)[812]: INFO: VM1 was migrated to bob in 1.2 s, with 85 ms of downtime and 40 MiB transferred";

        Assert.Equal(
            [Own],
            WatchQuestions.Migrations(["", "Nov 24 09:41:00 alice sshd[7]: Failed password for root, 5 ms of downtime", "Nov 24 09:42:00 alice su: secret", Own + " "]));
    }
}
