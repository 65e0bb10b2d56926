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
    public void Read_WhatSystemdSays_CountsWhereverItIsWritten(string pacemaker, string target, string guests, bool isWhole) =>
        Assert.Equal(isWhole, ShutdownOrdering.Read(Show(pacemaker, target, guests)).IsWhole);

    [Fact]
    public void Read_UnitThatDoesNotRun_OrdersNothing()
    {
        Assert.DoesNotContain("virtlockd.service", ShutdownOrdering.Read(Show("libvirt-guests.service", "", Everything, guestsAre: "inactive")).After);
        Assert.Contains("virtlockd.service", ShutdownOrdering.Read(Show("libvirtd.service", "", "", libvirtd: "virtlockd.service")).After);
    }

    [Theory]
    [InlineData("/etc/systemd/system/resource-agents-deps.target.d/x.conf", "no", "", false)]
    [InlineData(ShutdownOrdering.OfAgent, "no", "", true)]
    [InlineData("/etc/systemd/system/resource-agents-deps.target.d/x.conf " + ShutdownOrdering.OfAgent, "no", "", true)]
    [InlineData(ShutdownOrdering.OfAgent, "yes", "libvirtd.service", false)] // an older text of it
    [InlineData(ShutdownOrdering.OfAgent, "yes", Everything, true)] // another file changed
    [InlineData("", "yes", "", false)]
    public void Read_FileOfTheAgent_IsReadWhenSystemdSaysSo(string dropIns, string needsReload, string target, bool isRead) =>
        Assert.Equal(isRead, ShutdownOrdering.Read(Show("", target, "", dropIns: dropIns, needsReload: needsReload)).HasRead);

    [Theory]
    [InlineData("loaded", "active", false)]
    [InlineData("loaded", "inactive", true)]
    [InlineData("not-found", "inactive", false)] // a libvirt that has none
    public void Read_TargetOfLibvirtsGuests_IsWantingWhereThereIsOne(string load, string active, bool isWanting) =>
        Assert.Equal(isWanting, ShutdownOrdering.Read(Show("", "", "", ofGuests: $"LoadState={load}\nActiveState={active}")).LacksGuests);

    [Fact]
    public void Read_LessThanAsked_IsNoAnswer()
    {
        Assert.Throws<FormatException>(() => ShutdownOrdering.Read(""));
        Assert.Throws<FormatException>(() => ShutdownOrdering.Read("ActiveState=active\nAfter=libvirtd.service\n"));
        Assert.Throws<FormatException>(() => ShutdownOrdering.Read(Show("", "", "").Replace("ActiveState=", "SubState=", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => ShutdownOrdering.Read(Show("", "", "").Replace("LoadState=", "SubState=", StringComparison.Ordinal)));
    }

    private static string Show(
        string pacemaker,
        string target,
        string guests,
        string guestsAre = "active",
        string libvirtd = "",
        string dropIns = "",
        string needsReload = "no",
        string ofGuests = "LoadState=loaded\nActiveState=active"
    ) => $"""
        LoadState=loaded
        ActiveState=active
        After=basic.target {pacemaker}

        LoadState=loaded
        ActiveState=inactive
        After={target}
        DropInPaths={dropIns}
        NeedDaemonReload={needsReload}

        {ofGuests}
        After=

        LoadState=loaded
        ActiveState={guestsAre}
        After={guests}

        LoadState=loaded
        ActiveState=active
        After={libvirtd}

        LoadState=not-found
        ActiveState=inactive
        After=

        """;
}
