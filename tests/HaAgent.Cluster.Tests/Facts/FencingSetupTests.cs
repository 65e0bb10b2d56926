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
    [InlineData("3.0.1-1", "false", "true", false)]
    [InlineData("3.0.1-1", "true", "false", false)]
    [InlineData("3.0.1-1", "true", "true", true)]
    [InlineData("3.0.1-1", null, "false", false)]
    [InlineData("3.0.1-1", "false", null, false)]
    [InlineData("3.0.1-1", "nonsense", "true", true)]
    [InlineData(null, "true", "false", false)]
    [InlineData("2.1.5-a3f44794f94", "true", "false", false)]
    [InlineData("2.1.5-a3f44794f94", "false", "true", true)]
    [InlineData("2.1.5-a3f44794f94", "false", null, true)]
    public void Of_BothNames_TheNewOneIsHeededWhereItMayBeKnownAndADisagreementIsOff(string? version, string? now, string? before, bool expected)
    {
        Assert.Equal(expected, Read(("dc-version", version), ("fencing-enabled", now), ("stonith-enabled", before)).IsEnabled);
    }

    [Theory]
    [InlineData("3.0.1-1", "10s", null, true)]
    [InlineData("3.0.1-1", "10s", "0", false)]
    [InlineData("2.1.5-a3f44794f94", "10s", null, false)]
    [InlineData("2.1.5-a3f44794f94", "0", "10s", true)]
    public void Of_BothNamesOfTheWatchdogsTime_AsThoseOfTheSwitch(string version, string? now, string? before, bool expected)
    {
        Assert.Equal(expected, Read(("dc-version", version), ("fencing-watchdog-timeout", now), ("stonith-watchdog-timeout", before)).ByWatchdog);
    }

    [Theory]
    [InlineData("2.1.5", "true", "false", "stonith-enabled")]
    [InlineData("3.0.1", "true", "false", "stonith-enabled")]
    [InlineData("3.0.1", "false", null, "fencing-enabled")]
    [InlineData("3.0.1", null, null, "stonith-enabled")]
    public void Enabled_WhatSwitchesItOn_IsTheNameThatHasItOff(string version, string? now, string? before, string expected) =>
        Assert.Equal(expected, FencingSetup.Enabled(Configuration(("dc-version", version), ("fencing-enabled", now), ("stonith-enabled", before))));

    private static FencingSetup Read(params (string Name, string? Value)[] properties) => FencingSetup.Of(Configuration(properties));

    private static Cib Configuration(params (string Name, string? Value)[] properties) => Cib.Parse(
        $"<cib><configuration><crm_config><cluster_property_set id='o'>{string.Concat(properties.Where(p => p.Value is not null).Select(p => $"<nvpair id='o-{p.Name}' name='{p.Name}' value='{p.Value}'/>"))}</cluster_property_set></crm_config></configuration></cib>");
}
