using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Ocf;

public sealed class InvocationTests
{
    [Theory]
    [InlineData("monitor", null, true)]
    [InlineData("monitor", "0", true)]
    [InlineData("monitor", "10000", false)]
    [InlineData("status", "0", true)]
    [InlineData("start", null, false)]
    [InlineData("start", "0", false)]
    public void IsProbe_Interval_OnlyAMonitorWithoutOne(string action, string? interval, bool expected) =>
        Assert.Equal(expected, Make(action, ("OCF_RESKEY_CRM_meta_interval", interval)).IsProbe);

    [Theory]
    [InlineData("20000", 20)]
    [InlineData(null, 90)]
    [InlineData("0", 90)]
    [InlineData("soon", 90)]
    public void Timeout_FromTheClusterOrTheTable(string? milliseconds, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Make("stop", ("OCF_RESKEY_CRM_meta_timeout", milliseconds)).Timeout);

    [Theory]
    [InlineData("notify")]
    [InlineData("promote")]
    [InlineData("demote")]
    [InlineData("reload")]
    [InlineData("START")]
    [InlineData("")]
    public void Find_ActionWeDoNotHave_IsNone(string name) => Assert.Null(ActionTable.Find(name));

    private static Invocation Make(string action, params (string Name, string? Value)[] values) =>
        new(ActionTable.Find(action)!, key => values.FirstOrDefault(v => v.Name == key).Value);
}
