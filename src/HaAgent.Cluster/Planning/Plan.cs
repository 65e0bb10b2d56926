using HaAgent.Core.Node;

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
    public static Plan Refuse(string sentence, string wayOut) => new() { Refusals = [new Refusal(sentence, wayOut)] };

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
