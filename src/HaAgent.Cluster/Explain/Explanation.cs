using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Explain.Rules;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;
using HaAgent.Cluster.Simulating;
using HaAgent.Cluster.Status;
using HaAgent.Core.Guest;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Explain;

/// <summary>Why a guest is where it is, or why it does not run.</summary>
/// <param name="Headline">What is, in one sentence.</param>
/// <param name="Causes">Why, the likeliest first.</param>
/// <param name="Sightings">What each node sees of it.</param>
public sealed record Explanation(string Headline, IReadOnlyList<Cause> Causes, IReadOnlyList<string> Sightings)
{
    /// <summary>What could not be learned, as sentences without their full stops.</summary>
    public IReadOnlyList<string> NotLearned { get; init; } = [];

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
        VolumeStandsStill.Look,
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
                Cause.Possible(
                    $"Nothing that is known here keeps {scope.Id} from running",
                    $"ask the scheduler itself (crm_simulate --live-check --show-scores) and the log (grep {scope.Id} "
                        + $"/var/log/pacemaker/pacemaker.log)"
                ),
            ];
        }

        return new Explanation(Heading(scope), causes, [.. scope.Watch.Snapshot.Nodes.Select(node => Sighting(scope, node.Name))])
        {
            NotLearned = scope.Watch.NotLearned,
        };
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
            yield return string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{i + 1, 3}. [{Word(cause.Likelihood)}] {cause.Sentence}."
            );
            if (cause.Next is not null)
                yield return $"       Next: {cause.Next}.";
        }

        if (NotLearned.Count > 0)
            yield return "Not learned, so there may be more to it:";
        foreach (string unknown in NotLearned)
            yield return $"  {unknown}.";
    }

    /// <summary>A likelihood as a word.</summary>
    public static string Word(Likelihood likelihood) =>
        likelihood switch
        {
            Likelihood.Certain => "certain",
            Likelihood.Likely => "likely",
            Likelihood.Possible => "possible",
        };

    private static string Heading(ExplainScope scope) =>
        scope.RunsOn switch
        {
            [] => $"{scope.Id} does not run",
            [var node] when scope.Status.Where(scope.Id).Contains(node) =>
                $"{scope.Id} runs on {node}; its locks are held by {scope.Guest.Lease.Words}",
            var nodes => $"{scope.Id} {Doing(scope)} on {string.Join(" and ", nodes)}",
        };

    private static string Doing(ExplainScope scope) =>
        scope.Status.Resources.First(r => r.Id == scope.Id && r.Active) switch
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
                Observation.Foreign foreign => $"another domain bears its name (UUID {foreign.Other.Uuid})",
                Observation.Unknown unknown => $"cannot tell: {unknown.Why}",
                _ => throw new InvalidOperationException(),
            }
            : "was not asked";
        return $"{node} ({StatusReport.StateOf(node, scope.Status)}): {seen}";
    }
}

/// <summary>Everything an explanation of one guest is made from.</summary>
/// <param name="Watch">What was seen.</param>
/// <param name="Guest">The guest in question.</param>
/// <param name="Next">What the scheduler would do now.</param>
/// <param name="Zone">The time zone of sentences.</param>
public sealed record ExplainScope(WatchScope Watch, WatchedGuest Guest, SimulatedRun Next, TimeZoneInfo Zone)
{
    /// <summary>The guest's name in the cluster.</summary>
    public string Id => Guest.Id;

    /// <summary>The configuration.</summary>
    public Cib Cib => Watch.Snapshot.Cib;

    /// <summary>The cluster's status.</summary>
    public ClusterStatus Status => Watch.Snapshot.Status;

    /// <summary>What the cluster remembers.</summary>
    public ClusterHistory History => Watch.History;

    /// <summary>The nodes on which the cluster runs it.</summary>
    public IReadOnlyList<string> RunsOn => [.. Status.Anywhere(Id)];

    /// <summary>Whether the cluster runs it anywhere.</summary>
    public bool Runs => RunsOn.Count > 0;

    /// <summary>Whether an operation on it is under way: then what is seen of it is not its last word.</summary>
    public bool Moves => Status.Resources.Any(r => r.Id == Id && r.Pending);

    /// <summary>The resource and those it stands in: what is said of a group or clone holds for its members.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var names = new List<string> { Id };
            while (Cib.ParentOf(names[^1]) is { } parent)
                names.Add(parent);
            return names;
        }
    }

    /// <summary>A point in time, in the admin's own zone.</summary>
    public string At(DateTimeOffset? time) =>
        time is { } known
            ? "on " + TimeZoneInfo.ConvertTime(known, Zone).ToString("yyyy-MM-dd 'at' HH:mm:ss", CultureInfo.InvariantCulture)
            : "at a time not remembered";

    /// <summary>A meta attribute of the guest, or else the default of all resources.</summary>
    public string? Meta(string name) => Guest.Resource.MetaValue(name) ?? Cib.ResourceDefault(name);
}

/// <summary>How sure it is that this is why. The order is the order of the answer.</summary>
public enum Likelihood
{
    /// <summary>This alone is enough.</summary>
    Certain,

    /// <summary>Most likely, or part of it.</summary>
    Likely,

    /// <summary>It may play a part.</summary>
    Possible,
}

/// <summary>A reason why a guest is where it is, or does not run.</summary>
/// <param name="Likelihood">How sure.</param>
/// <param name="Sentence">What was found.</param>
/// <param name="Next">What to do about it; null when nothing is to be done.</param>
public sealed record Cause(Likelihood Likelihood, string Sentence, Advice? Next)
{
    /// <summary>This alone is enough.</summary>
    public static Cause Certain(string sentence, Advice? next = null) => new(Likelihood.Certain, sentence, next);

    /// <summary>Most likely, or part of it.</summary>
    public static Cause Likely(string sentence, Advice? next = null) => new(Likelihood.Likely, sentence, next);

    /// <summary>It may play a part.</summary>
    public static Cause Possible(string sentence, Advice? next = null) => new(Likelihood.Possible, sentence, next);
}
