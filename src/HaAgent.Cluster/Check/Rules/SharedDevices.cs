using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup.Steps;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>Guide 18.2: shared devices on all nodes, under stable names, apart from the SBD device.</summary>
internal static class SharedDevices
{
    private const string Name = "shared devices";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        foreach (string device in scope.Devices)
        {
            Finding[] problems = [.. SharedDevice.Unusable(device, scope.Snapshot).Distinct().Select(Problem)];
            foreach (Finding problem in problems)
                yield return problem;
            if (problems.Length == 0)
                yield return new Finding(Name, Severity.Ok, $"{device} is there on every node", null);
        }
    }

    private static Finding Problem(Refusal refusal) => new(Name, refusal.IsNotLearned ? Severity.Warning : Severity.Error, refusal.Sentence, refusal.WayOut);
}
