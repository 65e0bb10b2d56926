using HaAgent.Cluster.History;
using HaAgent.Core.Migration;
using Xunit;

namespace HaAgent.Cluster.Tests.History;

public sealed class FenceHistoryTests
{
    private const string Xml = """
        <pacemaker-result><fence_history status="0">
          <fence_event action="reboot" target="bob" client="c" origin="alice" status="success" delegate="alice" completed="2026-11-24 09:17:53.1Z"/>
          <fence_event action="reboot" target="bob" client="c" origin="alice" status="success" delegate="alice" completed="2026-11-24 09:40:00.5Z"/>
          <fence_event action="reboot" target="bob" client="c" origin="alice" status="failed" delegate="alice" completed="2026-11-24 09:50:00Z"/>
          <fence_event action="reboot" target="alice" client="c" origin="bob" status="success" delegate="bob" completed="2026-11-24 09:55:00Z"/>
        </fence_history></pacemaker-result>
        """;

    [Fact]
    public void Last_SeveralEvents_TheLastThatSucceededOnThatNode() =>
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 9, 40, 0, 500, TimeSpan.Zero), FenceHistory.Last(Xml, "bob"));

    [Fact]
    public void Last_NeverFenced_Null() => Assert.Null(FenceHistory.Last(Xml, "carol"));
}

public sealed class MigrationLineTests
{
    private const string Words = "VM1 was migrated to bob in 1.2 s, with 85 ms of downtime and 96 MiB transferred";

    [Theory]
    [InlineData("Nov 24 09:40:00 alice VirtualDomain(VM1)[812]: INFO: " + Words)]
    [InlineData("Nov  4 09:40:00 alice local0.info VirtualDomain(VM1)[812]: INFO: " + Words)]
    [InlineData("Nov 24 09:40:00  VirtualDomain(VM1)[812]:    INFO: " + Words)]
    [InlineData("2026-11-24T09:40:00.123456+01:00 alice VirtualDomain(VM1)[812]: INFO: " + Words)]
    [InlineData("2026-11-24T09:40:00+0100 alice VirtualDomain(VM1)[812]: INFO: " + Words)]
    public void Parse_LineOfTheAgent_IsRead(string line) =>
        Assert.Equal(new MigrationLine("VM1", "bob", TimeSpan.FromSeconds(1.2), TimeSpan.FromMilliseconds(85)), MigrationLine.Parse(line));

    [Fact]
    public void Parse_NameOfTheGuestReadsLikeTheSentence_TheAgentsOwnWordsCount() =>
        Assert.Equal("bob", MigrationLine.Parse($"Nov 24 09:40:00 alice VirtualDomain(VM1)[812]: INFO: x was migrated to carol in 9 s, with 9 ms of downtime and {Words}")!.To);

    [Theory]
    [InlineData("Nov 24 09:40:00 alice logger[1]: VirtualDomain(VM1)[812]: INFO: " + Words)]
    [InlineData("Nov 24 09:40:00 alice VirtualDomain(VM2)[1]: ERROR: libvirt says: Nov 24 09:40:00 VirtualDomain(VM1)[812]: INFO: " + Words)]
    [InlineData("VirtualDomain(VM1)[812]: INFO: " + Words)]
    [InlineData("Nov 24 09:40:00 alice VirtualDomain(VM1)[812]: INFO: " + Words + " or not")]
    [InlineData("Nov 24 09:40:00 alice VirtualDomain(VM1)[812]: INFO: VM1 was migrated to bob in 99999999999999999999 s, with 85 ms of downtime and 96 MiB transferred")]
    [InlineData("")]
    public void Parse_LineOfAnother_IsNone(string line) => Assert.Null(MigrationLine.Parse(line));
}
