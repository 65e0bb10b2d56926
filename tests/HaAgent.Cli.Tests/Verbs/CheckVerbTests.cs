using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Verbs;
using HaAgent.Cluster.Check;
using Xunit;

namespace HaAgent.Cli.Tests.Verbs;

/// <summary>A check that could not look is no check that found nothing.</summary>
public sealed class CheckVerbTests
{
    private static readonly Finding Well = new("nodes", Severity.Ok, "all is well", null);
    private static readonly Finding Wrong = new("nodes", Severity.Error, "bob is offline", $"crm cluster start");
    private static readonly Finding Odd = new("nodes", Severity.Warning, "bob is slow", $"wait");
    private static readonly Finding NoOpinion = Finding.NotLearned("guest migration", "VM1: whether libvirt can run its CPU", "bob", "not supported");
    private static readonly Finding Unknown = Finding.NotLearned("nodes", "whether it runs", "bob", "no answer");

    [Fact]
    public void Status_OfFindings_TellsWhatIsWrongFromWhatIsNotKnown()
    {
        Assert.Equal(ExitCode.Success, CheckVerb.Status([Well, Odd]));
        Assert.Equal(ExitCode.Success, CheckVerb.Status([Well, NoOpinion]));
        Assert.Equal(ExitCode.Unreachable, CheckVerb.Status([Well, Unknown, Odd]));
        Assert.Equal(ExitCode.Found, CheckVerb.Status([Unknown, Wrong]));
    }
}
