using HaAgent.Core.Locking;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

public sealed class ShutdownOrderingTests
{
    private const string Everything = "libvirtd.service virtqemud.service virtlockd.service virtlogd.service virt-guest-shutdown.target";

    [Theory]
    [InlineData(Everything, "", "", true)]
    [InlineData("resource-agents-deps.target", Everything, "", true)]
    [InlineData("", Everything, "", false)] // Pacemaker does not follow it
    [InlineData("libvirt-guests.service", "", Everything, true)]
    [InlineData("resource-agents-deps.target", "libvirt-guests.service", Everything, true)]
    [InlineData("libvirtd.service virtlockd.service", "", "", false)]
    [InlineData("", "", "", false)]
    public void Effective_WhatSystemdSays_CountsWhereverItIsWritten(string pacemaker, string target, string guests, bool isWhole) =>
        Assert.Equal(isWhole, ShutdownOrdering.IsWhole(ShutdownOrdering.Effective(Show(pacemaker, target, guests))));

    [Fact]
    public void Effective_UnitThatDoesNotRun_OrdersNothing()
    {
        Assert.DoesNotContain("virtlockd.service", ShutdownOrdering.Effective(Show("libvirt-guests.service", "", Everything, guestsAre: "inactive")));
        Assert.Contains("virtlockd.service", ShutdownOrdering.Effective(Show("libvirtd.service", "", "", libvirtd: "virtlockd.service")));
    }

    [Fact]
    public void Effective_LessThanAsked_IsNoAnswer()
    {
        Assert.Throws<FormatException>(() => ShutdownOrdering.Effective(""));
        Assert.Throws<FormatException>(() => ShutdownOrdering.Effective("ActiveState=active\nAfter=libvirtd.service\n"));
        Assert.Throws<FormatException>(() => ShutdownOrdering.Effective(Show("", "", "").Replace("ActiveState=", "SubState=", StringComparison.Ordinal)));
    }

    private static string Show(string pacemaker, string target, string guests, string guestsAre = "active", string libvirtd = "") => $"""
        ActiveState=active
        After=basic.target {pacemaker}

        ActiveState=inactive
        After={target}

        ActiveState={guestsAre}
        After={guests}

        ActiveState=active
        After={libvirtd}

        ActiveState=inactive
        After=

        """;
}
