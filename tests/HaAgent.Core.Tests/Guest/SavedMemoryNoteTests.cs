using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

/// <summary>Old memory over disks on which the guest has run since destroys them: it is restored only with proof that it has not.</summary>
public sealed class SavedMemoryNoteTests
{
    private const string State = "/mnt/shared/saved/vm1.state";
    private static readonly SavedMemoryNote Files = new(new MarkedFile(State, "1:2:3"), [new MarkedFile("/mnt/shared/vm 1\\n\n.raw", "7:8:9")]);
    private static readonly SavedMemoryNote WithDevice = Files with { Disks = [.. Files.Disks, new MarkedFile("/dev/vg/vm1", null)] };

    [Fact]
    public void Parse_WhatFormatWrote_IsTheSame()
    {
        SavedMemoryNote read = SavedMemoryNote.Parse(WithDevice.Format())!;

        Assert.Equal(WithDevice.Memory, read.Memory);
        Assert.Equal(WithDevice.Disks, read.Disks);
        Assert.False(read.MarksEveryDisk);
        Assert.True(Files.MarksEveryDisk);
    }

    [Fact]
    public void Parse_EveryTruncation_IsNoNote()
    {
        string text = WithDevice.Format();

        Assert.All(Enumerable.Range(0, text.Length), length => Assert.Null(SavedMemoryNote.Parse(text[..length])));
        Assert.Null(SavedMemoryNote.Parse(SavedMemoryNote.Begun));
    }

    [Fact]
    public void Doubt_NothingWasWrittenSince_None() => Assert.Equal(FactState.Absent, Files.Doubt(State, Unchanged, NotAsked).State);

    [Theory]
    [InlineData("/mnt/shared/saved/vm1.state")]
    [InlineData("/mnt/shared/vm 1\\n\n.raw")]
    public void Doubt_OneWasWrittenSince_Known(string written) =>
        Assert.Equal(FactState.Known, Files.Doubt(State, path => path == written ? Fact.Known("7:8:10") : Unchanged(path), NotAsked).State);

    [Fact]
    public void Doubt_MemoryOfAnotherDirectory_Known() => Assert.Equal(FactState.Known, Files.Doubt("/var/saved/vm1.state", Unchanged, NotAsked).State);

    [Fact]
    public void Doubt_DiskIsAwayOrItsVolumeDoesNotAnswer_NotLearned()
    {
        Assert.Contains(".raw is not there", Files.Doubt(State, path => path == State ? Unchanged(path) : Fact.Absent<string>(), NotAsked).Why, StringComparison.Ordinal);
        Assert.Equal("no answer", Files.Doubt(State, path => path == State ? Unchanged(path) : Fact.NotLearned<string>("no answer"), NotAsked).Why);
    }

    /// <summary>Whether a device was written cannot be seen: what proves it is that every start would have taken the note away.</summary>
    [Fact]
    public void Doubt_DiskWithoutMark_OnlyWhereEveryStartSeesTheNote()
    {
        Assert.Equal(FactState.Absent, WithDevice.Doubt(State, Unchanged, () => Fact.Known(true)).State);
        Assert.Contains("/dev/vg/vm1", WithDevice.Doubt(State, Unchanged, () => Fact.Known(false)).Value, StringComparison.Ordinal);
        Assert.Equal(FactState.NotLearned, WithDevice.Doubt(State, Unchanged, () => Fact.NotLearned<bool>("no answer")).State);
    }

    /// <summary>Of a guest whose memory would be of no use the next start would find unclean disks: it is shut down.</summary>
    [Fact]
    public void DoubtOf_BeforeItIsSaved_IsThatOfTheNextStart()
    {
        foreach (Fact<bool> shared in (Fact<bool>[])[Fact.Known(true), Fact.Known(false), Fact.NotLearned<bool>("no answer")])
            Assert.Equal(WithDevice.Doubt(State, Unchanged, () => shared), SavedMemoryNote.DoubtOf(WithDevice.Disks, () => shared));
        Assert.Contains("/dev/vg/vm1", SavedMemoryNote.DoubtOf(WithDevice.Disks, () => Fact.Known(false)).Value, StringComparison.Ordinal);
        Assert.Equal(FactState.Absent, SavedMemoryNote.DoubtOf(Files.Disks, NotAsked).State);
    }

    [Fact]
    public void Caution_DiskWithoutMark_NamesItAndWhatNotToDo()
    {
        Assert.Equal("", SavedMemoryNote.Caution("vm1", State, Files.Disks));
        Assert.Equal(
            "Its disk /dev/vg/vm1 does not show whether it was written: until the resource is started, start vm1 by no other means (virsh), or delete "
                + "/mnt/shared/saved/vm1.state before",
            SavedMemoryNote.Caution("vm1", State, WithDevice.Disks));
    }

    private static Fact<string> Unchanged(string path) => Fact.Known(path == State ? "1:2:3" : "7:8:9");

    private static Fact<bool> NotAsked() => throw new InvalidOperationException("not to be asked");
}
