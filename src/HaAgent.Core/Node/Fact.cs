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
/// One thing that was asked of a machine: known, known to be absent, or not learned and why. Nothing destructive, no "stopped", no "free" and no
/// refusal may follow from what was not learned; <see cref="Match"/> makes who decides by it say what does.
/// </summary>
/// <typeparam name="T">What is known when it is known.</typeparam>
public sealed record Fact<T>
    where T : notnull
{
    /// <summary>As it travels between nodes. Elsewhere the three factories say it better.</summary>
    [JsonConstructor]
    public Fact(FactState state, T? value, string? why)
    {
        // What arrives from elsewhere may contradict itself; a value that is not there was not learned.
        State = state == FactState.Known && value is null ? FactState.NotLearned : state;
        Value = State == FactState.Known ? value : default;
        Why = State == FactState.NotLearned ? why ?? "the answer was empty" : null;
    }

    /// <summary>Which of the three.</summary>
    public FactState State { get; }

    /// <summary>The value; null in both other cases, so do not decide by its absence: <see cref="Match"/> tells them apart.</summary>
    public T? Value { get; }

    /// <summary>Why it was not learned, as the end of a sentence; null in both other cases.</summary>
    public string? Why { get; }

    /// <summary>Decides, with an answer for each of the three.</summary>
    public TResult Match<TResult>(Func<T, TResult> known, Func<TResult> absent, Func<string, TResult> notLearned) => State switch
    {
        FactState.Known => known(Value!),
        FactState.Absent => absent(),
        FactState.NotLearned => notLearned(Why!),
    };

    /// <summary>The same of something that follows from it.</summary>
    public Fact<TOther> Select<TOther>(Func<T, TOther> of)
        where TOther : notnull => Match(value => Fact.Known(of(value)), Fact.Absent<TOther>, Fact.NotLearned<TOther>);

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
        where T : notnull => new(FactState.Known, value, null);

    /// <summary>Looked for, and not there.</summary>
    public static Fact<T> Absent<T>()
        where T : notnull => new(FactState.Absent, default, null);

    /// <summary>Could not be found out.</summary>
    /// <param name="why">The end of a sentence, for example "wipefs ended with status 1".</param>
    public static Fact<T> NotLearned<T>(string why)
        where T : notnull => new(FactState.NotLearned, default, why);
}
