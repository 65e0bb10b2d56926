using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Planning;

/// <summary>What is to be done, in order; or why nothing is.</summary>
public sealed record Plan
{
    /// <summary>The changes, in the order in which they are made.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>Reasons not to begin. With any of them, no change is made.</summary>
    public IReadOnlyList<Refusal> Refusals { get; init; } = [];

    /// <summary>What the admin should know, though nothing is changed for it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>A plan of one change.</summary>
    public static Plan Of(Change change) => new() { Changes = [change] };

    /// <summary>A plan that does not begin.</summary>
    public static Plan Refuse(string sentence, Advice wayOut) => new() { Refusals = [new Refusal(sentence, wayOut)] };

    /// <summary>A plan that only says something.</summary>
    public static Plan Note(string sentence) => new() { Notes = [sentence] };

    /// <summary>What follows from a fact that the plan cannot do without; from one that was not learned, a refusal.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="what">What it is, as the object of "cannot tell".</param>
    /// <param name="node">Where it was asked.</param>
    /// <param name="known">What follows from its value.</param>
    /// <param name="absent">What follows when it is known to be absent; null: nothing is to be done.</param>
    public static Plan From<T>(Fact<T> fact, string what, string node, Func<T, Plan> known, Func<Plan>? absent = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(fact);
        return fact.Match(known, absent ?? (() => new Plan()), why => new Plan { Refusals = [Refusal.NotLearned(what, node, why)] });
    }

    /// <summary>Both plans, one after the other.</summary>
    public static Plan operator +(Plan first, Plan second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new Plan
        {
            Changes = [.. first.Changes, .. second.Changes],
            Refusals = [.. first.Refusals, .. second.Refusals],
            Notes = [.. first.Notes, .. second.Notes],
        };
    }

    /// <summary>Both plans, one after the other.</summary>
    public static Plan Add(Plan first, Plan second) => first + second;

    /// <summary>All plans, one after the other.</summary>
    public static Plan All(IEnumerable<Plan> plans) => plans.Aggregate(new Plan(), (all, next) => all + next);
}

/// <summary>Why nothing will be changed, and what the admin can do about it.</summary>
/// <param name="Sentence">What stands in the way, on what, and why that matters.</param>
/// <param name="WayOut">What to do next.</param>
public sealed record Refusal(string Sentence, Advice WayOut)
{
    /// <summary>Something could not be learned: nobody knows whether it stands in the way.</summary>
    public bool IsNotLearned { get; init; }

    /// <summary>Refuses because something could not be learned.</summary>
    /// <param name="what">What, as the object of "cannot tell".</param>
    /// <param name="node">The node.</param>
    /// <param name="why">Why, as the end of a sentence.</param>
    public static Refusal NotLearned(string what, string node, string why) =>
        new($"haagent cannot tell {what} on {node}: {why.TrimEnd('.')}", $"see to that on {node}, then run this again")
        {
            IsNotLearned = true,
        };
}

/// <summary>Says a plan in plain lines, as the admin reviews it.</summary>
public static class PlanText
{
    /// <summary>The whole plan: refusals alone when there are any, else the numbered changes; then the notes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="begun">Whether changes were made before: then it is not so that nothing is changed.</param>
    public static IEnumerable<string> Lines(Plan plan, bool begun = false)
    {
        ArgumentNullException.ThrowIfNull(plan);
        foreach (Refusal refusal in plan.Refusals.Distinct())
        {
            yield return $"Refused: {refusal.Sentence}{(refusal.IsNotLearned && !begun ? "; so nothing is changed" : "")}.";
            yield return $"  What to do: {refusal.WayOut}.";
        }

        if (plan.Refusals.Count == 0)
        {
            if (plan.Changes.Count == 0)
                yield return "Nothing to do.";
            for (int i = 0; i < plan.Changes.Count; i++)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{i + 1, 3}. {plan.Changes[i].Title}");
                foreach (string line in Details(plan.Changes[i]))
                    yield return "       " + line;
            }
        }

        foreach (string note in plan.Notes.Distinct())
            yield return $"Note: {note}.";
    }

    /// <summary>What a change does exactly, beyond its title.</summary>
    public static IEnumerable<string> Details(Change change) =>
        change switch
        {
            Change.Configure configure => CrmShell.Compare(configure.Before, configure.After).SelectMany(difference => difference.Review()),
            Change.WriteFile { Silent: true } => [],
            Change.WriteFile file => LineDifference.Between(file.Before ?? "", file.After ?? ""),
            Change.OnNode or Change.Await => [],
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };
}

/// <summary>The lines that differ between two texts: those that go marked -, those that come marked +.</summary>
public static class LineDifference
{
    /// <summary>The differing lines, without the common ones at either end.</summary>
    public static IEnumerable<string> Between(string before, string after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        string[] old = Split(before);
        string[] now = Split(after);
        int head = 0;
        while (head < old.Length && head < now.Length && old[head] == now[head])
            head++;
        int tail = 0;
        while (tail < old.Length - head && tail < now.Length - head && old[^(tail + 1)] == now[^(tail + 1)])
            tail++;
        return [.. old[head..^tail].Select(line => "- " + line), .. now[head..^tail].Select(line => "+ " + line)];
    }

    private static string[] Split(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');
}
