using HaAgent.Core.Guest;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

public sealed class GuestRecordTests
{
    private static readonly GuestRecord Record = new("/mnt/shared/my vm.xml", new GuestIdentity("my = vm", "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"), IsActive: true)
    {
        DomainType = "kvm",
        HypervisorUri = "qemu:///system",
        Pid = 1234,
        StartTime = 987654321,
        Utilization = "cpu=2 hv_memory=512 ",
        UtilizationRetryAt = 1795509557,
        NoteStays = true,
        Said = "SaveConfiguration CheckLeases",
        Pending = new PendingCall(PendingKind.Restore, "8cf0b1a4-9f2a-4b0e-a8a5-0d8d8f9a3c11", 4711),
    };

    [Fact]
    public void Parse_WhatFormatWrote_IsTheSame() => Assert.Equal(Record, GuestRecord.Parse(Record.Format()));

    [Fact]
    public void Parse_IdentityWithoutUuid_StaysWithout() =>
        Assert.Null(GuestRecord.Parse((Record with { Identity = new GuestIdentity("vm1", null) }).Format())!.Identity.Uuid);

    [Theory]
    [InlineData("")]
    [InlineData("pending=\n")]
    [InlineData("pending=start\n")]
    [InlineData("pending=start x boot\n")]
    [InlineData("pending=shutdown 1 boot\n")]
    public void Parse_NoPendingCall_IsNone(string line) =>
        Assert.Null(GuestRecord.Parse($"haagent-guest 1\nconfig=/a\nname=b\n{line}end\n")!.Pending);

    [Fact]
    public void Parse_EveryTruncation_IsNothingRatherThanHalf()
    {
        string text = Record.Format();

        for (int length = 0; length < text.Length; length++)
            Assert.Null(GuestRecord.Parse(text[..length]));
    }

    [Fact]
    public void Parse_ValuesOfAnyText_NoneComesBackAsAnotherField()
    {
        string[] parts = ["\n", "\r", "\\", "\\n", "=", "pid=1", "start=1", "active=1", "name=other", "pending=start 1 x", "end\n", "haagent-guest 1\n", "\0", "\u2028", "ä", "vm", " "];
        var random = new Random(4711);
        for (int i = 0; i < 5000; i++)
        {
            string Text() => "x" + string.Concat(random.GetItems(parts, random.Next(6)));
            GuestRecord record = Record with { Config = Text(), Identity = new GuestIdentity(Text(), Record.Identity.Uuid), DomainType = Text(), HypervisorUri = Text(), Utilization = Text() };

            Assert.Equal(record, GuestRecord.Parse(record.Format()));
        }
    }

    [Theory]
    [InlineData("pid=1\npid=2\n")]
    [InlineData("name=c\n")]
    [InlineData("uuid=none\n")]
    [InlineData("no field\n")]
    public void Parse_NotWhatIsWritten_IsNothing(string lines) => Assert.Null(GuestRecord.Parse($"haagent-guest 1\nconfig=/a\nname=b\n{lines}end\n"));

    [Fact]
    public void Parse_NumberThatIsNoProcess_IsNoProcess() => Assert.Equal(0, GuestRecord.Parse("haagent-guest 1\nconfig=/a\nname=b\npid=4294967297\nend\n")!.Pid);

    /// <summary>A record of an earlier version has no such lines.</summary>
    [Fact]
    public void Parse_NothingOfNoteAndSayings_NoneStaysAndNothingWasSaid()
    {
        GuestRecord record = GuestRecord.Parse("haagent-guest 1\nconfig=/a\nname=b\nend\n")!;

        Assert.False(record.NoteStays);
        Assert.Equal("", record.Said);
    }

    [Fact]
    public void Saying_TheSameAgain_IsSaidOnceAndAnotherBesides()
    {
        GuestRecord silent = Record with { Said = "" };

        GuestRecord once = silent.Saying("CheckLeases")!;

        Assert.Null(once.Saying("CheckLeases"));
        Assert.Null(once.Saying("SaveConfiguration")!.Saying("CheckLeases"));
        Assert.NotNull(silent.Saying("CheckLeases"));
    }

    [Fact]
    public void Parse_OfAnotherVersion_IsNothing() =>
        Assert.Null(GuestRecord.Parse(Record.Format().Replace("haagent-guest 1", "haagent-guest 2", StringComparison.Ordinal)));
}
