using HaAgent.Core.Locking;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

public sealed class ShutdownOrderingTests
{
    private const string OwnOrder = "Id=pacemaker.service\nAfter=basic.target libvirtd.service virtqemud.service virtlockd.service virtlogd.service virt-guest-shutdown.target\n\n"
        + "Id=resource-agents-deps.target\nAfter=basic.target\n";

    private const string OrderOfTheTarget = "Id=pacemaker.service\nAfter=basic.target resource-agents-deps.target\n\n"
        + "Id=resource-agents-deps.target\nAfter=libvirtd.service virtqemud.service virtlockd.service virtlogd.service virt-guest-shutdown.target\n";

    [Theory]
    [InlineData(OwnOrder, true)]
    [InlineData(OrderOfTheTarget, true)]
    [InlineData("Id=pacemaker.service\nAfter=basic.target\n\nId=resource-agents-deps.target\nAfter=libvirtd.service virtqemud.service virtlockd.service virtlogd.service virt-guest-shutdown.target\n", false)]
    [InlineData("Id=pacemaker.service\nAfter=libvirtd.service virtlockd.service\n\nId=resource-agents-deps.target\nAfter=\n", false)]
    [InlineData("Id=pacemaker.service\nAfter=\n\nId=resource-agents-deps.target\nAfter=\n", false)]
    public void Effective_WhatSystemdSays_CountsWhereverItIsWritten(string show, bool isWhole) =>
        Assert.Equal(isWhole, ShutdownOrdering.IsWhole(ShutdownOrdering.Effective(show)));

    [Theory]
    [InlineData("")]
    [InlineData("Id=pacemaker.service\nAfter=libvirtd.service\n")]
    [InlineData("Id=pacemaker.service\n\nId=resource-agents-deps.target\nAfter=\n")]
    public void Effective_LessThanAsked_IsNoAnswer(string show) => Assert.Throws<FormatException>(() => ShutdownOrdering.Effective(show));
}
