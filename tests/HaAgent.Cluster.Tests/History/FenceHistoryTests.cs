using HaAgent.Cluster.History;
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
