using HaAgent.Cluster.Explain.Rules;
using HaAgent.Cluster.Status;
using HaAgent.Core.Guest;

namespace HaAgent.Cluster.Explain;

/// <summary>Why a guest is where it is, or why it does not run.</summary>
/// <param name="Headline">What is, in one sentence.</param>
/// <param name="Causes">Why, the likeliest first.</param>
/// <param name="Sightings">What each node sees of it.</param>
public sealed record Explanation(string Headline, IReadOnlyList<Cause> Causes, IReadOnlyList<string> Sightings)
{
    /// <summary>Every rule, one row each; within one likelihood the order is that of the answer.</summary>
    private static readonly Func<ExplainScope, IEnumerable<Cause>>[] Rules =
    [
        ClusterAsAWhole.Look,
        AdminsWill.Look,
        UnderWay.Look,
        CopiesAndLocks.Look,
        GuestItself.Look,
        FailedOperations.Look,
        FailuresCounted.Look,
        Dependencies.Look,
        NodesThatTakeNothing.Look,
        LocationConstraints.Look,
        ConfigurationFile.Look,
        HowItCameHere.Look,
        SchedulersNextStep.Look,
        SchedulersScores.Look,
    ];

    /// <summary>Explains.</summary>
    public static Explanation Of(ExplainScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        Cause[] causes = [.. Rules.SelectMany(rule => rule(scope)).DistinctBy(c => c.Sentence).OrderBy(c => c.Likelihood)];
        if (causes.Length == 0)
        {
            causes =
            [
                Cause.Possible($"Nothing that is known here keeps {scope.Id} from running", $"ask the scheduler itself (crm_simulate --live-check --show-scores) and the log (grep {scope.Id} /var/log/pacemaker/pacemaker.log)"),
            ];
        }

        return new Explanation(Heading(scope), causes, [.. scope.Watch.Snapshot.Nodes.Select(node => Sighting(scope, node.Name))]);
    }

    /// <summary>The explanation in plain lines.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Headline + ".";
        foreach (string sighting in Sightings)
            yield return "  " + sighting;
        yield return "Why:";
        for (int i = 0; i < Causes.Count; i++)
        {
            Cause cause = Causes[i];
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{i + 1,3}. [{Word(cause.Likelihood)}] {cause.Sentence}.");
            if (cause.Next is not null)
                yield return $"       Next: {cause.Next}.";
        }
    }

    /// <summary>A likelihood as a word.</summary>
    public static string Word(Likelihood likelihood) => likelihood switch
    {
        Likelihood.Certain => "certain",
        Likelihood.Likely => "likely",
        Likelihood.Possible => "possible",
    };

    private static string Heading(ExplainScope scope) => scope.RunsOn switch
    {
        [] => $"{scope.Id} does not run",
        [var node] when scope.Status.Where(scope.Id).Contains(node) => $"{scope.Id} runs on {node}; its locks are held by {scope.Guest.Lease.Words}",
        var nodes => $"{scope.Id} {Doing(scope)} on {string.Join(" and ", nodes)}",
    };

    private static string Doing(ExplainScope scope) => scope.Status.Resources.First(r => r.Id == scope.Id && r.Active) switch
    {
        { Failed: true } => "has failed",
        { Pending: true, Role: "Starting" or "Stopping" or "Migrating" } r => $"is {r.Role.ToLowerInvariant()}",
        { Pending: true } => "has an operation under way",
        _ => "runs",
    };

    private static string Sighting(ExplainScope scope, string node)
    {
        string seen = scope.Guest.Seen.TryGetValue(node, out Observation? observation)
            ? observation switch
            {
                Observation.Active active => active.Describe(),
                Observation.Absent absent => $"not active ({absent.How})",
                Observation.Foreign foreign => $"another domain bears its name (UUID {foreign.Uuid})",
                Observation.Unknown unknown => $"cannot tell: {unknown.Why}",
                _ => throw new InvalidOperationException(),
            }
            : "was not asked";
        return $"{node} ({StatusReport.StateOf(node, scope.Status)}): {seen}";
    }
}
