using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cluster.Tests.Facts;

public sealed class NodeFactsReaderTests
{
    private static readonly NodeFacts Nothing = new("alice");

    [Fact]
    public void With_NoAnswer_SaysWhyForEachThingThatWasAsked()
    {
        NodeFacts facts = Nothing.With(
            [new FilesQuestion(["/a", "/b"]), new DomainsQuestion(true, []), new HostQuestion(), new SbdQuestion()],
            [.. Enumerable.Repeat(Fact.NotLearned<NodeAnswer>("it broke off"), 4)]);

        Assert.All(new[] { facts.File("/a").Why, facts.File("/b").Why, facts.Domain("VM1").Why, facts.Programs.Why, facts.Has("libvirtd").Why, facts.Sbd.Why }, why => Assert.Equal("it broke off", why));
        Assert.Equal("it was not asked", facts.File("/c").Why);
    }

    [Fact]
    public void With_AnswerToAnotherQuestion_IsNone()
    {
        NodeFacts facts = Nothing.With([new MountsQuestion(), new RunningGuestsQuestion()], [Fact.Known<NodeAnswer>(new LeasesAnswer([])), Fact.Known<NodeAnswer>(new ReleaseAnswer("1"))]);

        Assert.Equal((FactState.NotLearned, FactState.NotLearned), (facts.Mounts.State, facts.Guests.State));
    }

    [Fact]
    public void With_AnswerThatLeavesAPathOut_IsNotAbsence()
    {
        NodeFacts facts = Nothing
            .With([new DevicesQuestion(["/dev/a"])], [Fact.Known<NodeAnswer>(new DevicesAnswer(new Dictionary<string, Fact<DeviceFact>> { ["/dev/a"] = Fact.Absent<DeviceFact>() }))])
            .With([new DevicesQuestion(["/dev/b"])], [Fact.Known<NodeAnswer>(new DevicesAnswer(new Dictionary<string, Fact<DeviceFact>>()))]);

        Assert.Equal((FactState.Absent, FactState.NotLearned), (facts.Device("/dev/a").State, facts.Device("/dev/b").State));
    }

    [Fact]
    public void Domain_LibvirtAnswers_IsKnownOrAbsent()
    {
        NodeFacts facts = Nothing.With([new DomainsQuestion(false, [])], [Fact.Known<NodeAnswer>(new DomainsAnswer([]))]);

        Assert.Equal(FactState.Absent, facts.Domain("VM1").State);
        Assert.Equal(FactState.NotLearned, Nothing.Domain("VM1").State);
    }
}
