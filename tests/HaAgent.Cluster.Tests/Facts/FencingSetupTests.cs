using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using Xunit;

namespace HaAgent.Cluster.Tests.Facts;

/// <summary>What fences, as Pacemaker reads it: one reading for setup, check, explain and verify.</summary>
public sealed class FencingSetupTests
{
    [Theory]
    [InlineData("10s", null, true)]
    [InlineData("-1", "true", true)]
    [InlineData("10s", "false", false)]
    [InlineData("0", null, false)]
    [InlineData("never", null, false)]
    [InlineData(null, "true", false)]
    public void Of_NoDevice_AWatchdogFencesWhereItHasATime(string? timeout, string? watchdog, bool expected)
    {
        FencingSetup fencing = Read(("stonith-watchdog-timeout", timeout), ("have-watchdog", watchdog));

        Assert.True(fencing.IsEnabled);
        Assert.Equal(expected, fencing.IsThere);
    }

    [Fact]
    public void Of_SwitchedOff_IsNotThereWhateverElseIsSaid() => Assert.False(Read(("stonith-enabled", "No"), ("stonith-watchdog-timeout", "10s")).IsThere);

    [Theory]
    [InlineData("false", "true", false)]
    [InlineData("true", "false", true)]
    [InlineData(null, "false", false)]
    [InlineData("nonsense", "false", true)]
    public void Of_BothNames_TheNewOneIsHeededWhereItIsSet(string? now, string? before, bool expected)
    {
        FencingSetup fencing = Read(("fencing-enabled", now), ("stonith-enabled", before), ("fencing-watchdog-timeout", "10s"), ("stonith-watchdog-timeout", "0"));

        Assert.Equal(expected, fencing.IsEnabled);
        Assert.True(fencing.ByWatchdog);
    }

    private static FencingSetup Read(params (string Name, string? Value)[] properties) => FencingSetup.Of(Cib.Parse(
        $"<cib><configuration><crm_config><cluster_property_set id='o'>{string.Concat(properties.Where(p => p.Value is not null).Select(p => $"<nvpair id='o-{p.Name}' name='{p.Name}' value='{p.Value}'/>"))}</cluster_property_set></crm_config></configuration></cib>"));
}
