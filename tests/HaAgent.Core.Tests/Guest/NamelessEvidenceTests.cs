using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

/// <summary>Nothing names the guest: whether one that runs here may be it, and whether another node may start it then.</summary>
public sealed class NamelessEvidenceTests
{
    private static readonly NamelessEvidence Nothing = new()
    {
        Resource = "web",
        Config = "/mnt/shared/vm1.xml",
        Problem = OperationResult.Failed("The configuration file /mnt/shared/vm1.xml does not exist"),
        Seen = [],
    };

    [Theory]
    [InlineData("other", false, true)]
    [InlineData("other", true, true)]
    [InlineData("web", false, false)]
    [InlineData("web", true, true)]
    [InlineData("vm1", false, false)]
    [InlineData("vm1", true, true)]
    public void Judge_AGuestRuns_OnlyANamesakeWithoutLocksKeepsItFromBeingStartedElsewhere(string name, bool locked, bool mayStart)
    {
        Observation.Unknown seen = CannotTell(Nothing with { Seen = [Guest("another"), Guest(name)], IsLocked = _ => locked });

        Assert.Equal(mayStart, seen.MayStartElsewhere);
        Assert.Contains("another, " + name, seen.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", true)]
    [InlineData("vm1", false)]
    public void Judge_NotAllGuestsAreSeen_CannotTellAndTheNamesakeThatIsSeenCounts(string name, bool mayStart) =>
        Assert.Equal(mayStart, CannotTell(Nothing with { Seen = [Guest(name)], Unseen = "process 7 cannot be looked at" }).MayStartElsewhere);

    [Fact]
    public void Judge_NoGuestIsSeenAndLibvirtIsSilent_CannotTell() =>
        Assert.True(CannotTell(Nothing with { Unseen = "libvirt does not answer" }).MayStartElsewhere);

    [Fact]
    public void Judge_NothingRuns_Absent() => Assert.IsType<Observation.Absent>(Nothing.Judge());

    [Fact]
    public void Judge_TheGuestOfAnotherResourceOfTheCluster_Absent() =>
        Assert.IsType<Observation.Absent>(Remembering(Fact.Known<IReadOnlySet<string>>(new HashSet<string> { "db" })).Judge());

    /// <summary>The resource may have been renamed, and its file moved.</summary>
    [Fact]
    public void Judge_TheGuestOfAResourceThatIsGone_MayBeOurs() =>
        Assert.False(CannotTell(Remembering(Fact.Known<IReadOnlySet<string>>(new HashSet<string> { "web" }))).MayStartElsewhere);

    /// <summary>Else a stop that met a cluster which is just busy would fail at its first look, and the node be fenced.</summary>
    [Fact]
    public void Judge_TheClusterDoesNotSayWhoseTheGuestIs_CannotTellYet()
    {
        Observation.Unknown seen = CannotTell(Remembering(Fact.NotLearned<IReadOnlySet<string>>("cibadmin: timed out")));

        Assert.True(seen.MayPass);
        Assert.Contains("cibadmin: timed out", seen.Why, StringComparison.Ordinal);
    }

    private static NamelessEvidence Remembering(Fact<IReadOnlySet<string>> resources) =>
        Nothing with { Seen = [Guest("other")], Remembered = [new RememberedGuest("db", Guest("other"))], Resources = () => resources };

    private static Observation.Unknown CannotTell(NamelessEvidence evidence)
    {
        Observation.Unknown seen = Assert.IsType<Observation.Unknown>(evidence.Judge());
        Assert.True(seen.WithoutIdentity);
        return seen;
    }

    private static GuestIdentity Guest(string name) => new(name, "00000000-0000-0000-0000-00000000cafe");
}
