using System.Text.Json.Serialization;

namespace HaAgent.Core.Node;

/// <summary>What is known of one thing.</summary>
public enum FactState
{
    /// <summary>It could not be found out, or nobody asked: nothing follows from it.</summary>
    NotLearned,

    /// <summary>It was looked for, and is not there.</summary>
    Absent,

    /// <summary>It is there, and was seen.</summary>
    Known,
}

/// <summary>
/// One thing that was asked of a machine: known, known to be absent, or not learned and why. Nothing destructive, no "stopped", no "free"
/// and no refusal may follow from what was not learned; <see cref="Match"/> makes who decides by it say what does.
/// </summary>
/// <typeparam name="T">What is known when it is known.</typeparam>
public sealed record Fact<T>
    where T : notnull
{
    /// <summary>As it travels between nodes: {"known":[VALUE]}, {"absent":true} or {"not-learned":"WHY"}. Elsewhere the three factories say
    /// it better.</summary>
    /// <param name="known">The value, alone in a list, so that a value that is not there is never taken for false or zero.</param>
    /// <param name="absent">It was looked for, and is not there.</param>
    /// <param name="notLearned">Why nothing is known.</param>
    [JsonConstructor]
    public Fact(IReadOnlyList<T>? known = null, bool? absent = null, string? notLearned = null)
    {
        // What arrives from elsewhere may contradict itself: then nothing was learned.
        State = (known, absent, notLearned) switch
        {
            ([not null], null, null) => FactState.Known,
            (null, true, null) => FactState.Absent,
            _ => FactState.NotLearned,
        };
        Value = State == FactState.Known ? known![0] : default;
        Why = State == FactState.NotLearned ? notLearned ?? "the answer makes no sense" : null;
    }

    /// <summary>Which of the three.</summary>
    [JsonIgnore]
    public FactState State { get; }

    /// <summary>The value; null in both other cases, so do not decide by its absence: <see cref="Match"/> tells them apart.</summary>
    [JsonIgnore]
    public T? Value { get; }

    /// <summary>Why it was not learned, as the end of a sentence; null in both other cases.</summary>
    [JsonIgnore]
    public string? Why { get; }

    [JsonInclude]
    internal IReadOnlyList<T>? Known => State == FactState.Known ? [Value!] : null;

    [JsonInclude]
    internal bool? Absent => State == FactState.Absent ? true : null;

    [JsonInclude]
    internal string? NotLearned => Why;

    /// <summary>Decides, with an answer for each of the three.</summary>
    public TResult Match<TResult>(Func<T, TResult> known, Func<TResult> absent, Func<string, TResult> notLearned) =>
        State switch
        {
            FactState.Known => known(Value!),
            FactState.Absent => absent(),
            FactState.NotLearned => notLearned(Why!),
        };

    /// <summary>What follows from the value, when it is known; in both other cases the same as here.</summary>
    public Fact<TResult> Map<TResult>(Func<T, TResult> next)
        where TResult : notnull => Then(value => Fact.Known(next(value)));

    /// <summary>Another fact that follows from this one's value; in both other cases the same as here.</summary>
    public Fact<TResult> Then<TResult>(Func<T, Fact<TResult>> next)
        where TResult : notnull => Match(next, Fact.Absent<TResult>, Fact.NotLearned<TResult>);

    /// <summary>The value, or another one where it is known that there is none; what was not learned stays so.</summary>
    public Fact<T> OrWhenAbsent(T value) => State == FactState.Absent ? Fact.Known(value) : this;

    /// <summary>Whether nothing is known of it, and then why.</summary>
    public bool IsNotLearned([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? why)
    {
        why = Why;
        return State == FactState.NotLearned;
    }

    /// <summary>Whether it is known, and then what it is.</summary>
    public bool IsKnown([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
    {
        value = Value;
        return State == FactState.Known;
    }
}

/// <summary>Makes facts.</summary>
public static class Fact
{
    /// <summary>Seen.</summary>
    public static Fact<T> Known<T>(T value)
        where T : notnull => new(known: [value]);

    /// <summary>Looked for, and not there.</summary>
    public static Fact<T> Absent<T>()
        where T : notnull => new(absent: true);

    /// <summary>Nobody was asked for it.</summary>
    public static Fact<T> NotAsked<T>()
        where T : notnull => NotLearned<T>("it was not asked");

    /// <summary>Could not be found out.</summary>
    /// <param name="why">The end of a sentence, for example "wipefs ended with status 1".</param>
    public static Fact<T> NotLearned<T>(string why)
        where T : notnull => new(notLearned: why);
}
