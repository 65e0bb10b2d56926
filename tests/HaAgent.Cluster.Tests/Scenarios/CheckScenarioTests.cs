using HaAgent.Cluster.Check;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

public sealed class CheckScenarioTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => PlannerCase.Of("check");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Look_Scenario_AsExpected(string name)
    {
        var scenario = new PlannerCase("check", name);

        IReadOnlyList<Finding> findings = CheckTable.Look(GuestScenario.Scope(scenario.Current, scenario.Words("devices"), scenario.Words("guests")));

        scenario.AssertExpected(findings.SelectMany(Lines));
        Assert.All(findings, OneSentenceAndTheWayOut);
    }

    // What is wrong is said in one line, and with it what mends it.
    private static void OneSentenceAndTheWayOut(Finding finding)
    {
        Assert.Equal(finding.Severity == Severity.Ok, finding.Mend is null);
        Assert.DoesNotContain('\n', finding.Sentence + finding.Mend);
    }

    private static IEnumerable<string> Lines(Finding finding)
    {
        yield return $"{finding.Severity}: {finding.Check}: {finding.Sentence}";
        if (finding.Mend is not null)
            yield return $"    {finding.Mend}";
    }
}
